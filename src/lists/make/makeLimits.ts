/** Bounds of what makes lists: files of others, on a person's machine. */
export const makeLimits = {
  /** The largest public table has 24 MB. */
  fileBytesMax: 256 << 20,
  /** Ranges of one file; the largest public table has 412,000. */
  rangesMax: 4_000_000,
  /** Nodes of a MaxMind DB that are walked; a million networks take some 4 million. A tree that leads into itself ends there. */
  nodesMax: 32_000_000,
  /** Values within values of a record. */
  recordDepthMax: 8,
  /** Values read of a MaxMind DB, each place once for every way that no pointer shortens. */
  valuesMax: 20_000_000,
  /** Share of a source's ranges that may lie within others of it; more is a table that was read twice. */
  overlapShareMax: 0.02,
} as const;
