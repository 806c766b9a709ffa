/** Bounds on choosing, asking and resolving origins, each with its reason. */
export const upstreamLimits = {
  /** So many requests save one retry: a fault that all origins share may not cost more than a fifth again. */
  requestsPerRetry: 5,
  /** Retries that are free all the same, so that a quiet site has any: at most so many at once … */
  retryReserve: 10,
  /** … and one more after each of these. */
  retryReserveEveryMs: 1_000,
  /** Retries that a busy site may have saved up for when an origin goes: those of a second of 500 requests. */
  retrySavingsMax: 100,
  /** No more than this share of a site's origins is put aside for failing; if all fail, the fault is elsewhere. */
  ejectedShareMax: 0.5,
  /** 2¹⁰ pauses of the shortest kind; the longest pause is bounded by the settings anyway. */
  ejectDoublingsMax: 10,
  /** Probes under way at a time, of one worker; the others wait for the next tick. */
  probesMax: 64,
  probeTickMs: 100,
  /** What is read of an answer to a probe; its rest is cut off. */
  probeBodyBytesMax: 64 << 10,
  /** Client keys are a few KB. */
  keyFileBytesMax: 64 << 10,
  /** How often a key file that could not be used is looked at again. */
  keyRetryMs: 5_000,
  /** TLS settings that are held ready; one costs about 100 KB, mostly its trusted certificates. */
  tlsContextsMax: 256,
} as const;
