/** When a module is left alone, and for how long. Times are milliseconds. */
export const circuitLimits = {
  windowMs: 10_000,
  /** Fewer failures than this are reported, not acted upon. */
  failuresMin: 20,
  /** Of the calls in the window. */
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

/**
 * Decides whether a module may be called: closed (yes), open (no, for a pause), half open (one trial call). Pure but for
 * its counters; time is what the caller says.
 */
export class Circuit {
  #state: 'closed' | 'open' | 'half-open' = 'closed';
  #windowStartMs = 0;
  #calls = 0;
  #failures = 0;
  #spentMs = 0;
  #openUntilMs = 0;
  #pauseMs: number = circuitLimits.firstPauseMs;

  get state(): 'closed' | 'open' | 'half-open' {
    return this.#state;
  }

  mayCall(nowMs: number): boolean {
    if (this.#state === 'closed') return true;
    if (nowMs < this.#openUntilMs) return false;
    // One trial; whoever comes before it is judged waits as long again.
    this.#state = 'half-open';
    this.#openUntilMs = nowMs + this.#pauseMs;
    return true;
  }

  /** Tells how a call went; true when it opened the circuit. */
  record(startedMs: number, endedMs: number, hasThrown: boolean): boolean {
    const tookMs = endedMs - startedMs;
    const hasFailed = hasThrown || tookMs > circuitLimits.callMsMax;
    if (this.#state === 'half-open') return this.#recordTrial(endedMs, hasFailed);
    if (endedMs - this.#windowStartMs > circuitLimits.windowMs) {
      // It went well for a whole window: the next pause is a short one again.
      this.#pauseMs = circuitLimits.firstPauseMs;
      this.#startWindow(startedMs);
    }
    this.#calls += 1;
    this.#spentMs += tookMs;
    if (hasFailed) this.#failures += 1;
    const keepsFailing =
      this.#failures >= circuitLimits.failuresMin && this.#failures >= this.#calls * circuitLimits.failureShare;
    const spanMs = endedMs - this.#windowStartMs;
    const eatsTime = spanMs >= circuitLimits.timeSpanMsMin && this.#spentMs > spanMs * circuitLimits.timeShareMax;
    if (!keepsFailing && !eatsTime) return false;
    this.#open(endedMs);
    return true;
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
    this.#calls = 0;
    this.#failures = 0;
    this.#spentMs = 0;
  }
}
