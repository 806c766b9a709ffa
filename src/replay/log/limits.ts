/** What reading and replaying an access log may cost, however large the log is. */
export const replayLimits = {
  /** The edge itself takes heads of 64 KiB; servers cut what they log far below that. */
  lineBytesMax: 16 << 10,
  /** About 600 bytes each in memory, so 300 MB; what comes behind is counted and left out. */
  linesMax: 500_000,
  /** Clients whose requests are told apart in the tables; those above count together. */
  clientsMax: 100_000,
  /** Rows of each table on the page; the JSON has no more either. */
  rowsMax: 20,
  /** Bars of the plot over time: as many as a phone's screen can show apart. */
  barsMax: 120,
} as const;
