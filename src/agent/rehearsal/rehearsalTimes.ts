import type { Finding } from '../../contract/finding.ts';
import { rehearsalLimits } from './limits.ts';

/**
 * Times of rehearsed calls. The median says what every request would cost, the slowest what a visitor can make one cost;
 * a call is only as slow as its best of three, because a busy machine is no reason to refuse.
 */
export class RehearsalTimes {
  readonly #nowMs: () => number;
  readonly #firstMs: number[] = [];
  #slowestMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Calls once, and twice more only where the first call took too long. */
  time<Value>(call: () => Value): Value {
    let startMs = this.#nowMs();
    const value = call();
    const firstMs = this.#nowMs() - startMs;
    this.#firstMs.push(firstMs);
    let bestMs = firstMs;
    for (let turn = 0; turn < 2 && bestMs > rehearsalLimits.judgeSlowestMsMax; turn++) {
      startMs = this.#nowMs();
      call();
      bestMs = Math.min(bestMs, this.#nowMs() - startMs);
    }
    this.#slowestMs = Math.max(this.#slowestMs, bestMs);
    return value;
  }

  /** `what` starts the sentence: "Scoring one request". */
  findings(what: string): Finding[] {
    const { judgeMsMax, judgeSlowestMsMax } = rehearsalLimits;
    const findings: Finding[] = [];
    const median = [...this.#firstMs].sort((one, other) => one - other)[this.#firstMs.length >> 1] ?? 0;
    if (median > judgeMsMax) {
      const message = `${what} took ${median.toFixed(2)} ms (median); at most ${judgeMsMax} ms are taken.`;
      findings.push({ reason: 'rehearsal-too-slow', message, value: median, limit: judgeMsMax });
    }
    if (this.#slowestMs > judgeSlowestMsMax) {
      const message = `${what} took ${this.#slowestMs.toFixed(2)} ms for the slowest (best of three); at most ${judgeSlowestMsMax} ms are taken, because a visitor may send that one again and again.`;
      findings.push({ reason: 'rehearsal-too-slow', message, value: this.#slowestMs, limit: judgeSlowestMsMax });
    }
    return findings;
  }
}
