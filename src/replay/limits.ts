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
  /** Networks of one operator; the largest published list has about 20,000. */
  networksMax: 50_000,
  /** Of a real replay: requests under way at once; more are sent later than their time and counted. */
  underWayMax: 64,
  requestMsMax: 15_000,
  /** A log that would take longer at the speed asked for is refused before it starts. */
  replayHoursMax: 6,
} as const;
