/** Bounds of rates. Times are milliseconds. */
export const rateLimits = {
  /** What `rate` and `burst` of a rule may be at most, in requests: nobody means more, and figures stay exact. */
  requestsMax: 1_000_000,
  /**
   * The shortest time per request, 100,000 a second: one worker answers a fifth of that. A time of ten years' uptime is known to
   * 0.06 µs, half a percent of it.
   */
  intervalMsMin: 0.01,
  /**
   * Keys that one worker remembers at once: 1,000,000 that are short of tokens use half of the places, which is what lets each of
   * them find one. 16 bytes each: 32 MiB, reserved with the first limited request and taken page by page as keys come. Keys whose
   * bucket is full again need no place, however many there are.
   */
  keysMax: 2_097_152,
  /**
   * Keys whose tokens wait to be told to the other workers, 24 bytes each: more than twice what a worker can answer in the 10 ms
   * between two tellings.
   */
  newsMax: 4_096,
  /**
   * What workers that share a bucket let pass beyond its burst, at most: what comes in between two tellings. The faster a bucket
   * fills the more of it is given, and none to those that need 50 ms: a minute's limits never have it.
   */
  sharedSlackMsMax: 10,
  /** Told and heard within milliseconds; seconds where a worker hung. What is older has been filled up or is a lie. */
  newsAgeMsMax: 10_000,
  /** News come in another order than what they tell of; after so long all of it was heard. */
  newsDelayMs: 50,
  /** No bucket takes longer to fill: the largest burst at one a day. */
  fillMsMax: 1_000_000 * 86_400_000,
  /** Of a bucket's key, longer texts count with their two ends and their length: a cookie has 4,096 bytes. */
  keyCharsMax: 4_096,
  /** Keys in one frame for a worker that starts: half of the largest frame. */
  statesPerFrameMax: 4_096,
  /** Places looked at for one such frame: 0.1 ms. */
  statesLookedAtMax: 65_536,
} as const;
