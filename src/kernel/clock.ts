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

/**
 * A clock that wakes, for whoever waits for time to pass. Whoever only asks what time it is takes a `Clock`, so that a
 * constructor says whether anything happens by itself later.
 */
export interface TimerClock extends Clock {
  /** Runs `run` once, `ms` from now; never within the call. */
  after(ms: number, run: () => void, hold?: Hold): Timer;
  /** Runs `run` every `ms` until it is cancelled, counted from one run to the next: what was missed is not made up for. */
  every(ms: number, run: () => void, hold?: Hold): Timer;
}

/** Whether the process stays for a timer that is set. `holds` unless said otherwise; `lets-go` for what is not worth it. */
export type Hold = 'holds' | 'lets-go';

/** Belongs to whoever set it, who cancels it when nobody waits any more. */
export interface Timer {
  /** Nothing runs afterwards. Harmless when it has run or was cancelled. */
  cancel(): void;
  /** Counts from now again, also when it has run. Not for one that was cancelled. */
  restart(): void;
}

/**
 * `performance.now` counts from the start of its process, on the clock that `hrtime` reads (CLOCK_MONOTONIC). Read first, so
 * that our clock is ahead of that one by the moment in between and not behind it: systemd compares (serviceNotifier.ts).
 */
const processStartMs = -performance.now() + Number(process.hrtime.bigint()) / 1e6;

export const systemClock: TimerClock = {
  monotonicMs: () => processStartMs + performance.now(),
  wallMs: () => Date.now(),
  after: (ms, run, hold) => new SystemTimer(setTimeout(run, ms), hold),
  every: (ms, run, hold) => new SystemTimer(setInterval(run, ms), hold),
};

class SystemTimer implements Timer {
  readonly #timeout: NodeJS.Timeout;

  constructor(timeout: NodeJS.Timeout, hold: Hold = 'holds') {
    this.#timeout = timeout;
    if (hold === 'lets-go') timeout.unref();
  }

  cancel(): void {
    // Node keeps both kinds in one list, and either call ends either.
    clearTimeout(this.#timeout);
  }

  restart(): void {
    this.#timeout.refresh();
  }
}
