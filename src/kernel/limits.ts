/** Bounds of a process's own log. */
export const logLimits = {
  /** A refusal with all its findings is a few KiB; `holdfast up` keeps 64 KiB of a line that has not ended. */
  lineCharsMax: 60 << 10,
  /** Of a line that is longer, its beginning is told; JSON within JSON may take twice as much. */
  beginningCharsMax: 8 << 10,
  /** What nobody reads is held so far (a stopped journal, a terminal that was paused): thousands of lines. More are lost and counted. */
  backlogBytesMax: 1 << 20,
} as const;
