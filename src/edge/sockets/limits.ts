/** Bounds on what one connection keeps in memory. Sizes are bytes, times are milliseconds. */
export const socketLimits = {
  /** What one read may bring: measured, larger reads save nothing. */
  readBytes: 64 << 10,
  /**
   * Pieces up to this size are copied into the text that goes out with the next write; larger ones are written from
   * where they lie. libuv copies a write of up to 16 KiB onto its stack, so that nothing is left behind for the collector.
   */
  copiedBytesMax: 16 << 10,
  /** Pieces from this size on go out at once with the text before them; smaller ones become text. */
  directBytesMin: 2 << 10,
  /** How often waits are looked at. Each wait ends this much late at the most. */
  deadlineTickMs: 100,
} as const;
