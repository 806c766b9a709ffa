/**
 * Upper bounds in microseconds of what calls of a module are counted in; above the last one is everything else. Fine where
 * the bot module lies (about 7 µs), coarse above.
 */
export const callBoundsUs = [
  1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 35, 40, 50, 60, 80, 100, 250, 1_000, 10_000, 50_000,
] as const;

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
