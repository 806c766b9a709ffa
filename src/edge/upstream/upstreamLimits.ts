/** Bounds on choosing, asking and resolving origins, each with its reason. */
export const upstreamLimits = {
  /** Retries per request, in the long run: a fault that all origins share may not cost more than a fifth again. */
  retryShareMax: 0.2,
  /** Retries that are free all the same, so that a quiet site has any: at most so many at once … */
  retryReserve: 10,
  /** … and one more after each of these. */
  retryReserveEveryMs: 1_000,
  /** What a busy site may have saved up for when an origin goes: a second of 500 requests. */
  retrySavingsMax: 100,
  /** No more than this share of a site's origins is put aside for failing; if all fail, the fault is elsewhere. */
  ejectedShareMax: 0.5,
  /** 2¹⁰ pauses of the shortest kind; the longest pause is bounded by the settings anyway. */
  ejectDoublingsMax: 10,
} as const;
