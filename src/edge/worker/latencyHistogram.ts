/** Each bucket is a tenth wider than the one before: 0.05 ms to about 100 s. */
const growth = 1.1;
const firstMs = 0.05;
const buckets = 153;
/** Percentiles are over the last 5 to 10 s. */
const windowMs = 5_000;

/** Counts of durations in fixed memory, precise to 10 %. Time is what the caller says. */
export class LatencyHistogram {
  #current = new Uint32Array(buckets);
  #before = new Uint32Array(buckets);
  #startedMs = 0;

  record(durationMs: number): void {
    const index = durationMs <= firstMs ? 0 : Math.ceil(Math.log(durationMs / firstMs) / Math.log(growth));
    const bucket = Math.min(buckets - 1, index);
    this.#current[bucket] = this.#current[bucket]! + 1;
  }

  /** Upper end of the bucket in which the `share` quantile lies; 0 without any request lately. Call it regularly. */
  quantileMs(share: number, nowMs: number): number {
    this.#turn(nowMs);
    let total = 0;
    for (let index = 0; index < buckets; index++) total += this.#current[index]! + this.#before[index]!;
    if (total === 0) return 0;
    let left = total * share;
    for (let index = 0; index < buckets; index++) {
      left -= this.#current[index]! + this.#before[index]!;
      if (left <= 0) return firstMs * growth ** index;
    }
    return firstMs * growth ** (buckets - 1);
  }

  #turn(nowMs: number): void {
    if (nowMs - this.#startedMs < windowMs) return;
    this.#startedMs = nowMs;
    const oldest = this.#before;
    this.#before = this.#current;
    this.#current = oldest.fill(0);
  }
}
