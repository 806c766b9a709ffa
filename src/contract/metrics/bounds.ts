/**
 * Upper bounds in microseconds of what calls of a module are counted in; above the last one is everything else. Fine where
 * the bot module lies (about 7 µs), coarse above.
 */
export const callBoundsUs = [
  1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 35, 40, 50, 60, 80, 100, 250, 1_000, 10_000, 50_000,
] as const;

/** Durations of answers: each bucket is a tenth wider than the one before, 0.05 ms to about 100 s. */
export const latencyBuckets = { growth: 1.1, firstMs: 0.05, count: 153, perShown: 7 } as const;

/** Upper bound of a bucket. */
export function latencyBoundMs(bucket: number): number {
  return latencyBuckets.firstMs * latencyBuckets.growth ** bucket;
}

/**
 * Upper bounds in milliseconds of the buckets that metrics show: every seventh of the histogram's own, so that no count is
 * guessed. Above the last one is everything else.
 */
export const latencyBoundsMs: readonly number[] = Array.from({ length: 21 }, (_, index) =>
  latencyBoundMs(latencyBuckets.perShown * (index + 1) - 1),
);
