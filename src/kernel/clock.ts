/** Time as a port: tests replace it, and a wall clock that is set back cannot confuse what only needs durations. */
export interface Clock {
  /**
   * Milliseconds since an arbitrary start, which is the same for all processes of the machine; never goes back. For
   * durations, windows and deadlines.
   */
  monotonicMs(): number;
  /** Milliseconds since 1970; may jump either way. For log records and envelopes only. */
  wallMs(): number;
}

/** `performance.now` counts from the start of its process, on the clock that `hrtime` reads (CLOCK_MONOTONIC). */
const processStartMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export const systemClock: Clock = {
  monotonicMs: () => processStartMs + performance.now(),
  wallMs: () => Date.now(),
};
