/** Bounds of the admin socket, which lives in the supervisor: whatever is asked of it must not keep workers waiting. */
export const adminLimits = {
  /** Operators, a scraper, a balancer's probes. */
  connectionsMax: 64,
  /** From the connection's opening to its end: a request, and an answer that is read. */
  requestMsMax: 10_000,
  /** A page is made once in this time, however often it is asked for: 11 ms each with 16 workers and 200 origins, measured. */
  pageMsMin: 200,
  /** Different label values of one family that are remembered of one slot; more are added up as `other`. */
  keysPerFamilyMax: 1_000,
  /** The port may still be held by what ran before. */
  listenAgainMs: 5_000,
} as const;
