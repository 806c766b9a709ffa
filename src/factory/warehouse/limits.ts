/** Bounds on what is read of a warehouse, and on its patience; each with the sum behind it. */
export const warehouseLimits = {
  /** Rows read of `system.columns` at most: 200 features × 4 databases and as much again, so that a doubled reading is seen whole. */
  columnRowsMax: 2_000,
  /** A comment is a feature's JSON: a few parameters, of which the longest is a list of names. */
  commentCharsMax: 4_096,
  /** A server that answers no insert for this long counts as gone. */
  warehouseTimeoutMs: 30_000,
  warehouseCloseMs: 1_000,
  /** An operator's query and its answer over the factory's socket. */
  querySqlBytesMax: 64 << 10,
  queryAnswerBytesMax: 16 << 20,
  queryConnectionsMax: 8,
  /** Sending a statement, and reading its answer. */
  queryRequestMsMax: 60_000,
} as const;
