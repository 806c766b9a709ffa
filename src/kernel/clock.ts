/** Time as a port: tests replace it, and a wall clock that is set back cannot confuse what only needs durations. */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. For durations, windows and deadlines. */
  monotonicMs(): number;
  /** Milliseconds since 1970; may jump either way. For log records and envelopes only. */
  wallMs(): number;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
};
