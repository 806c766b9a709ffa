import type { UpstreamChoices } from '../../bundles/index.ts';
import { upstreamLimits } from './upstreamLimits.ts';

export type OutlierChoices = UpstreamChoices['outlier'];

/**
 * Passive health of one origin, by the requests that it got anyway. After `failures` in a row it is ejected for
 * `ejectMs`; then it is on probation: one more failure ejects it for twice as long, one success takes it back. A doubling is
 * forgotten for every `ejectMs` that it stays out of trouble.
 */
export class OutlierState {
  #failuresInRow = 0;
  #ejectedUntilMs = Number.NEGATIVE_INFINITY;
  #doublings = 0;
  #isOnProbation = false;
  /** How often it was ejected; for metrics. */
  ejections = 0;

  isEjected(nowMs: number): boolean {
    return nowMs < this.#ejectedUntilMs;
  }

  /** What comes in while it is ejected was sent before, or in an emergency: it says nothing new. */
  onSuccess(nowMs: number): void {
    if (this.isEjected(nowMs)) return;
    this.#failuresInRow = 0;
    this.#isOnProbation = false;
  }

  /** `mayEject`: enough others are left. Without it the failures are remembered, and the next one asks again. */
  onFailure(nowMs: number, choices: OutlierChoices, mayEject: () => boolean): void {
    if (!choices.isEnabled || this.isEjected(nowMs)) return;
    this.#failuresInRow += 1;
    const isEnough = this.#isOnProbation || this.#failuresInRow >= choices.failures;
    if (isEnough && mayEject()) this.#eject(nowMs, choices);
  }

  #eject(nowMs: number, { ejectMs, ejectMsMax }: OutlierChoices): void {
    const quietMs = nowMs - this.#ejectedUntilMs;
    if (this.ejections > 0) {
      this.#doublings = Math.max(0, this.#doublings + 1 - Math.floor(quietMs / ejectMs));
    }
    this.#doublings = Math.min(this.#doublings, upstreamLimits.ejectDoublingsMax);
    this.#ejectedUntilMs = nowMs + Math.min(ejectMs * 2 ** this.#doublings, Math.max(ejectMs, ejectMsMax));
    this.#failuresInRow = 0;
    this.#isOnProbation = true;
    this.ejections += 1;
  }
}
