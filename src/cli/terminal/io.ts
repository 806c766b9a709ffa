/** Where a verb writes. Results go to `stdout` (what a script reads), everything else to `stderr`. */
export interface Io {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Exit codes of every verb. */
export const exitCodes = {
  done: 0,
  /** The thing asked for was understood and refused; the reasons are printed. */
  refused: 1,
  /** The command line or a file named on it cannot be read. */
  usage: 2,
  /** What the verb talks to cannot be reached; the message says what to start. */
  unreachable: 69,
} as const;
