/** Bounds of making signals, each with the sum behind it. */
export const signalLimits = {
  /** Fewer requests in an hour say nothing about a fingerprint or a network. */
  signalRequestsMin: 20,
  /** By how much two readings of one hour, and the requests of one row in them, may differ: late records. */
  signalReadingsShareMax: 0.05,
  /** Workers send every 0.2 s, the factory inserts every second: by then an hour is whole, but for retries. */
  signalsLagMs: 10_000,
  /** Each file takes an edge through a trial of some seconds. */
  signalsEveryMsMin: 60_000,
} as const;
