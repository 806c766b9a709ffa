/** Bounds on taking the log in, each with the sum behind it. */
export const receivingLimits = {
  /** Connections on the log socket: one per worker, several edges' worth on one machine, and restarts that overlap. */
  logConnectionsMax: 256,
  /** How long a factory that ends reads what connections still send; edges that end with it are done by then. */
  logLastReadMs: 2_000,
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
} as const;
