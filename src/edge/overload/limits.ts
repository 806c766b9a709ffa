/** When a worker has more to do than it can. Times are milliseconds; shares are of the respective limit. */
export const overloadLimits = {
  /** How often the event loop is looked at: ten wake-ups a second cost 0.02 % of a core. */
  everyMs: 100,
  /** Memory is asked of the system, which costs 10 µs: every so many looks. */
  memoryEvery: 10,
  /** So many looks in a row have to agree before a state gets worse: one garbage collection is no overload. */
  looksToShed: 5,
  /** The same before it gets better; twice as many, so that it does not swing. */
  looksToCalm: 10,
  /**
   * Work that waits this long for its turn: whoever is let in now makes it longer for all who are. Without overload the
   * event loop is late by 1 to 5 ms; 10,000 busy connections at 29 µs each make it 290.
   */
  delayMs: { connection: 250, request: 1_000 },
  /** The supervisor replaces a worker that is above its memory limit; this is for one that grows faster than that. */
  memoryShare: { connection: 1.15, request: 1.3 },
  /** At the limit itself a connection is turned away as `connections-too-many`, which is no state. */
  connectionShare: { connection: 1, request: Number.POSITIVE_INFINITY },
  /** A state is left when its sign is below this share of what led to it. */
  leaveShare: { delay: 0.5, memory: 0.95, connections: 0.95 },
} as const;

/** What is kept of a worker's descriptors for other things than visitors. */
export const descriptorLimits = {
  /** About 30 for the process and its listeners, 64 probes, resolver, log, files of bundles and certificates. Never more than half. */
  ownMax: 128,
  /** As many requests as one origin gets unless its site says otherwise, and the connections that are kept for the next ones. */
  upstreamMax: 4_096 + 256,
} as const;
