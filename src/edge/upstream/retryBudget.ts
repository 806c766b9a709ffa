import type { Clock } from '../../kernel/clock.ts';
import { upstreamLimits } from './upstreamLimits.ts';

/**
 * Bounds retries by what was asked anyway: every request saves a fifth of a retry, up to a bound, and a small reserve fills
 * with time. So an origin that fails everything gets at most 1.2 times its requests, and a quiet site has retries too.
 * Whatever the sequence: retries ≤ 0.2 × requests + reserve × 1 + elapsed / `retryReserveEveryMs`.
 */
export class RetryBudget {
  readonly #clock: Clock;
  /** In requests. */
  #savings = 0;
  #reserve: number = upstreamLimits.retryReserve;
  #reserveAtMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#reserveAtMs = clock.monotonicMs();
  }

  /** For every request that is no retry. */
  onRequest(): void {
    if (this.#savings < upstreamLimits.retrySavingsMax * upstreamLimits.requestsPerRetry) this.#savings += 1;
  }

  /** true: one retry is spent. */
  take(): boolean {
    if (this.#savings >= upstreamLimits.requestsPerRetry) {
      this.#savings -= upstreamLimits.requestsPerRetry;
      return true;
    }
    this.#refillReserve();
    if (this.#reserve < 1) return false;
    this.#reserve -= 1;
    return true;
  }

  #refillReserve(): void {
    const nowMs = this.#clock.monotonicMs();
    const gained = Math.floor((nowMs - this.#reserveAtMs) / upstreamLimits.retryReserveEveryMs);
    this.#reserveAtMs += gained * upstreamLimits.retryReserveEveryMs;
    this.#reserve = Math.min(upstreamLimits.retryReserve, this.#reserve + gained);
  }
}
