/** When a module is left alone, and for how long. Times are milliseconds. */
export const circuitLimits = {
  windowMs: 10_000,
  /** Fewer failures than this are reported, not acted upon. */
  failuresMin: 20,
  /** Of the calls of a step in the window, from its first failure on. */
  failureShare: 0.5,
  /** A call that takes longer counts as failed, though its answer is used; the whole bot module takes about 0.01 ms. */
  callMsMax: 50,
  /** Of wall time: above it the module eats the worker. */
  timeShareMax: 0.6,
  /** A share is only meaningful over a while. */
  timeSpanMsMin: 1_000,
  firstPauseMs: 1_000,
  /** Each pause is twice the one before, up to here, until the module went well for a window. */
  pauseMsMax: 60_000,
} as const;

interface FailingStep {
  readonly step: unknown;
  calls: number;
  failures: number;
}

/** What a circuit opens for: a module that keeps failing (for one site), or one that eats the worker's time (for all). */
export type CircuitCause = 'failures' | 'time';

/**
 * Decides whether a module may be called: closed (yes), open (no, for a pause), half open (one trial call). Pure but for
 * its counters; time is what the caller says.
 */
export class Circuit {
  readonly #cause: CircuitCause;
  #state: 'closed' | 'open' | 'half-open' = 'closed';
  #windowStartMs = 0;
  /** Steps that failed in this window, with what became of their calls since. */
  #failing: FailingStep[] | undefined;
  #spentMs = 0;
  #openUntilMs = 0;
  #pauseMs: number = circuitLimits.firstPauseMs;

  constructor(cause: CircuitCause) {
    this.#cause = cause;
  }

  get state(): 'closed' | 'open' | 'half-open' {
    return this.#state;
  }

  /** Closed, and nothing has failed lately: nobody needs to be told of a call that goes well. */
  get isCalm(): boolean {
    return this.#state === 'closed' && this.#failing === undefined;
  }

  mayCall(nowMs: number): boolean {
    if (this.#state === 'closed') return true;
    if (nowMs < this.#openUntilMs) return false;
    // One trial; whoever comes before it is judged waits as long again.
    this.#state = 'half-open';
    this.#openUntilMs = nowMs + this.#pauseMs;
    return true;
  }

  /** Tells how a call of a step went, and of how many it stands for; true when it opened the circuit. */
  record(startedMs: number, endedMs: number, hasThrown: boolean, step: unknown, weight = 1): boolean {
    // What fails late, behind the opening, is part of what it opened for.
    if (this.#state === 'open') return false;
    const tookMs = endedMs - startedMs;
    const hasFailed = hasThrown || tookMs > circuitLimits.callMsMax;
    if (this.#state === 'half-open') return this.#recordTrial(endedMs, hasFailed);
    if (endedMs - this.#windowStartMs > circuitLimits.windowMs) {
      // It went well for a whole window: the next pause is a short one again.
      this.#pauseMs = circuitLimits.firstPauseMs;
      this.#startWindow(startedMs);
    }
    this.#spentMs += tookMs * weight;
    const isWrong = this.#cause === 'failures' ? this.#keepsFailing(step, hasFailed) : this.#eatsTime(endedMs);
    if (isWrong) this.#open(endedMs);
    return isWrong;
  }

  /** Each step by itself: a module that fails at every answer keeps failing, however well its heads go. */
  #keepsFailing(step: unknown, hasFailed: boolean): boolean {
    if (this.#failing === undefined && !hasFailed) return false;
    this.#failing ??= [];
    let known = this.#failing.find((failing) => failing.step === step);
    if (known === undefined) {
      if (!hasFailed) return false;
      known = { step, calls: 0, failures: 0 };
      this.#failing.push(known);
    }
    known.calls += 1;
    if (!hasFailed) return false;
    known.failures += 1;
    return known.failures >= circuitLimits.failuresMin && known.failures >= known.calls * circuitLimits.failureShare;
  }

  #eatsTime(nowMs: number): boolean {
    const spanMs = nowMs - this.#windowStartMs;
    return spanMs >= circuitLimits.timeSpanMsMin && this.#spentMs > spanMs * circuitLimits.timeShareMax;
  }

  #recordTrial(nowMs: number, hasFailed: boolean): boolean {
    if (hasFailed) {
      this.#open(nowMs);
      return true;
    }
    this.#state = 'closed';
    this.#startWindow(nowMs);
    return false;
  }

  #open(nowMs: number): void {
    this.#state = 'open';
    this.#openUntilMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(this.#pauseMs * 2, circuitLimits.pauseMsMax);
  }

  #startWindow(nowMs: number): void {
    this.#windowStartMs = nowMs;
    this.#failing = undefined;
    this.#spentMs = 0;
  }
}
