import { latencyBoundMs, latencyBoundsMs, latencyBuckets } from '../../contract/metrics/bounds.ts';

const { growth, firstMs, count: buckets, perShown } = latencyBuckets;
/** Percentiles are over the last 5 to 10 s. */
const windowMs = 5_000;

/** Counts of durations in fixed memory, precise to 10 %. Time is what the caller says. */
export class LatencyHistogram {
  #current = new Uint32Array(buckets);
  #before = new Uint32Array(buckets);
  #startedMs = 0;
  /** What the two windows have forgotten. */
  readonly #forgotten = new Float64Array(buckets);
  #sumMs = 0;

  record(durationMs: number): void {
    this.#sumMs += durationMs;
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
      if (left <= 0) return latencyBoundMs(index);
    }
    return latencyBoundMs(buckets - 1);
  }

  /** Of all durations since the start. */
  get sumMs(): number {
    return this.#sumMs;
  }

  /** All durations since the start by `latencyBoundsMs`: how many lie in each and below no earlier one; the last: above all. */
  totals(): number[] {
    const counts = new Array<number>(latencyBoundsMs.length + 1).fill(0);
    for (let index = 0; index < buckets; index++) {
      const bound = Math.min(latencyBoundsMs.length, Math.floor(index / perShown));
      counts[bound]! += this.#forgotten[index]! + this.#before[index]! + this.#current[index]!;
    }
    return counts;
  }

  #turn(nowMs: number): void {
    if (nowMs - this.#startedMs < windowMs) return;
    this.#startedMs = nowMs;
    const oldest = this.#before;
    for (let index = 0; index < buckets; index++) this.#forgotten[index]! += oldest[index]!;
    this.#before = this.#current;
    this.#current = oldest.fill(0);
  }
}
