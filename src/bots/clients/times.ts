/** Twelve buckets make a minute, and twelve of the long ones an hour. */
export const buckets = 12;
export const bucketMs = 5_000;
export const longBucketMs = 300_000;
export const minuteMs = buckets * bucketMs;
/** Who was away for so long is met as for the first time: nothing of what is counted reaches further back. */
export const forgottenAfterMs = buckets * longBucketMs;
/**
 * What one worker saw reaches the others a little later, so a client's events come a little out of order. They count for
 * their own time. What comes later than this was not late: a clock was set back, which counts as standing still.
 */
const lateMsMax = bucketMs;

/** When an event counts, if the newest so far was at `latestMs`. */
export function countedMs(atMs: number, latestMs: number): number {
  return atMs >= latestMs - lateMsMax ? atMs : latestMs;
}

/** Which of the twelve buckets, or -1 when it has left the window that ends with `latestMs`. */
export function bucketAt(atMs: number, latestMs: number, lengthMs: number): number {
  const bucket = Math.floor(atMs / lengthMs);
  return Math.floor(latestMs / lengthMs) - bucket >= buckets ? -1 : bucket % buckets;
}
