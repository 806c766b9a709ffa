/** Bounds of every local socket; how many connections and for how long, each user says. */
export const localSocketLimits = {
  /** Command line, curl and scrapers send a few hundred bytes. */
  headBytesMax: 8 << 10,
} as const;
