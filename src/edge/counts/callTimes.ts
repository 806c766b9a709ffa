import { callBoundsUs } from '../../contract/metrics/bounds.ts';

/** How long the calls of one module took, in fixed memory. */
export class CallTimes {
  readonly #counts = new Float64Array(callBoundsUs.length + 1);
  #sumMs = 0;

  record(tookMs: number): void {
    this.#sumMs += tookMs;
    const tookUs = tookMs * 1_000;
    let bucket = 0;
    while (bucket < callBoundsUs.length && tookUs > callBoundsUs[bucket]!) bucket += 1;
    this.#counts[bucket] = this.#counts[bucket]! + 1;
  }

  /** Calls by `callBoundsUs`: how many lie in each and below no earlier one; the last: above all. */
  get counts(): ArrayLike<number> {
    return this.#counts;
  }

  get sumMs(): number {
    return this.#sumMs;
  }
}
