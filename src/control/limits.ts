/** Bounds of control, each with the reason for its size. */
export const controlLimits = {
  /**
   * Pages of 4 KiB that the store may have: 2 GiB, more than twice what all kept versions of all kinds take at worst (863 MiB;
   * `store.test.ts` has the sum), so that rows fit beside.
   */
  storePagesMax: 524_288,
  refusalsKept: 200,
  refusalsShown: 50,
  /** About 200 bytes each: 20 MiB, and a year of one mutation every five minutes. */
  auditRowsKept: 100_000,
  auditRowsShown: 200,
  /**
   * How far above everything known a version that an edge names may be. A lost store has to catch up with what edges
   * have: one feature file every five minutes for nine years. More is not believed, so no report uses up the numbers.
   */
  versionsAheadMax: 1_000_000,
  edgesMax: 1_000,
  /** Reports come every second or so; the store needs each edge's last one after a restart, not all of them. */
  reportStoredEveryMs: 10_000,
  /** One long poll per edge, and as many again while connections break and come back. */
  waitersMax: 2_000,
  waitSMax: 60,
  /** An edge that asks again for what it was just told (it refused it, or is new) waits this long for a change. */
  repeatedAnswerMs: 1_000,
  /** A report with findings about every kind, a few KiB each. */
  jsonBodyBytesMax: 256 << 10,
  /** The rest of a body that is too large is read this far, so that its sender gets the answer. */
  restBytesMax: 64 << 20,
  restMsMax: 5_000,
  noteCharsMax: 200,
  placeCharsMax: 64,
} as const;
