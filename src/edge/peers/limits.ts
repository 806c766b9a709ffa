/** Bounds of what workers tell each other. Sizes are bytes, times are milliseconds. */
export const peerLimits = {
  /**
   * Observations wait so long for others before they are told: measured, it costs less than a hundredth of a core per peer at
   * any load, and is shorter than a visitor's next click (docs/decisions/2026-11-24-one-client-over-all-workers.md).
   */
  tellAfterMs: 10,
  /** The largest frame: a full batch of observations (2,048 × 64); one of rates has 98 KB. Whoever sends more is cut off. */
  payloadBytesMax: 128 << 10,
  /** What may wait in the socket of one peer: half a second of its news at 10,000 requests a second. */
  waitingBytesMax: 512 << 10,
  /**
   * Observations of others that are counted in one second: at 0.7 µs each a seventh of a core. With more (many workers under
   * full load) the rest is left out, and counted.
   */
  countedPerSecondMax: 200_000,
  /** Keys of others whose tokens are taken in one second: at 0.2 µs each a tenth of a core. */
  ratesPerSecondMax: 500_000,
  /** Peers that one worker talks to; edges have a worker per core. */
  peersMax: 256,
  /** How often the folder is looked through for peers that did not say hello, or could not be reached. */
  lookEveryMs: 1_000,
  /** States of clients for a new worker: so many are looked at per step, in steps of `tellAfterMs`: 6 MB a second. */
  statesPerStep: 128,
  /** A new worker asks somebody else when the one it asked is silent for so long. */
  statesWaitMs: 2_000,
} as const;
