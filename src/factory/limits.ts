/** Bounds of the factory, each with the sum behind it. */
export const factoryLimits = {
  /** Rows read of `system.columns` at most: 200 features × 4 databases and as much again, so that a doubled reading is seen whole. */
  columnRowsMax: 2_000,
  /** A comment is a feature's JSON: a few parameters, of which the longest is a list of names. */
  commentCharsMax: 4_096,
  /** Connections on the log socket: one per worker, several edges' worth on one machine, and restarts that overlap. */
  logConnectionsMax: 256,
  /** How long a factory that ends reads what connections still send; edges that end with it are done by then. */
  logLastReadMs: 2_000,
  /** Fewer requests in an hour say nothing about a fingerprint or a network. */
  signalRequestsMin: 20,
  /** By how much two readings of one hour, and the requests of one row in them, may differ: late records. */
  signalReadingsShareMax: 0.05,
  /** Workers send every 0.2 s, the factory inserts every second: by then an hour is whole, but for retries. */
  signalsLagMs: 10_000,
  /** Each file takes an edge through a trial of some seconds. */
  signalsEveryMsMin: 60_000,
  /** Batches waiting for ClickHouse: at 300 bytes a record, 200,000 records, i.e. 10 s of 20,000 requests/s. */
  queueBytesMax: 64 << 20,
  /** Batches of one insert: about 10,000 records, which become 8 MB of text. */
  insertBatchBytesMax: 4 << 20,
  /** How long a record waits for company before it is inserted. */
  insertEveryMs: 1_000,
  /** Pauses between attempts at the block that is next. */
  insertRetryMs: { first: 1_000, max: 30_000 },
  /** A block that ClickHouse never takes must not hold back the others: so often it is tried while there is no more room. */
  insertAttemptsWhenFull: 3,
  /** How long a factory that ends goes on bringing in what waits. Its parent gives it more. */
  lastInsertsMs: 2_500,
  /** A server that answers no insert for this long counts as gone. */
  warehouseTimeoutMs: 30_000,
  warehouseCloseMs: 1_000,
  /** An operator's query and its answer over the factory's socket. */
  querySqlBytesMax: 64 << 10,
  queryAnswerBytesMax: 16 << 20,
  queryConnectionsMax: 8,
  /** An answer of control's API: the model is the largest. */
  controlAnswerBytesMax: 16 << 20,
  controlTimeoutMs: 10_000,
} as const;
