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
  /** Names whose addresses are held; some 500 bytes each. A thousand sites with two named origins each. */
  namesMax: 2_048,
  addressesPerNameMax: 64,
  /** A TTL of 0 means "ask each time", which no connection may wait for. */
  ttlMsMin: 5_000,
  /** Whoever moves a service looks at it within the hour, whatever the TTL was. */
  ttlMsMax: 3_600_000,
  /** What `lookup` knows has no TTL: the hosts file, the resolver of the system. */
  ttlMsUnknown: 30_000,
  /** Asked again at this share of the TTL, so that the new answer is there before the old one has ended. */
  refreshShare: 0.8,
  /** After a failure: soon for whoever waits, and not in the way of a resolver that is down. */
  failedAskMs: 5_000,
  /** How long a failure is the answer to further questions. */
  failedHoldMs: 1_000,
  /** Questions that refreshing may have open at a time. */
  refreshesMax: 32,
  /** An answer that nobody used for so long, and no site names, is forgotten. */
  nameUnusedMs: 600_000,
  /** A hosts file of an ad blocker has 5 MB; above that the system's own resolver may read it. */
  hostsFileBytesMax: 8 << 20,
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
