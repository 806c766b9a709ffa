/** Bounds of the access log, each with its reason. Sizes are bytes, times are milliseconds. */
export const accessLimits = {
  /** Lines are written when there is so much of them, or after `batchMs`: some 700 lines, 30 writes a second at 20,000 requests. */
  batchBytes: 256 << 10,
  batchMs: 500,
  /** Lines that wait for the disk: those of half a second at 20,000 requests a second, of minutes at a hundred. */
  queueBytesMax: 4 << 20,
  /** One write to a pipe: up to PIPE_BUF it goes in whole or not at all, whoever else writes (pipe(7)). */
  pipeWriteBytesMax: 4_096,
  /** Of one text in a line; as in the request log. Three texts of this length still make one write to a pipe. */
  textCharsMax: 1_024,
  /** Between two tries while the file cannot be written: soon enough to lose little, rare enough to cost nothing. */
  retryMs: 1_000,
  /** The same while a pipe is full: its reader is only slow. */
  pipeRetryMs: 20,
  /** At most one line of the operational log about an end of trouble. */
  tellEveryMs: 10_000,
} as const;
