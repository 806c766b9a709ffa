import type { Timer, TimerClock } from '../../kernel/clock.ts';
import { socketLimits } from './limits.ts';

/** Something that waits, with an end to it. `deadlineMs` is on the clock of its `Deadlines`; Infinity: no wait. */
export interface Waiting {
  deadlineMs: number;
  /** Kept by `Deadlines`; -1 when it is not watched. */
  deadlineIndex: number;
  /** The wait is over. Called once per deadline: it is Infinity again before the call. Must not throw. */
  onDeadline(): void;
}

/**
 * All waits of a worker behind one timer: setting one is one assignment, which a timer of its own is not (a request has
 * three waits, and they cost 1.5 µs as timers). The price is that a wait ends up to a tick late.
 */
export class Deadlines {
  /** For what needs a timer of its own: once per listener, not per request. */
  readonly clock: TimerClock;
  readonly #waiting: Waiting[] = [];
  #timer: Timer | undefined;
  #nowMs: number;

  constructor(clock: TimerClock) {
    this.clock = clock;
    this.#nowMs = clock.monotonicMs();
  }

  /** The time of the last tick: at most a tick old, and free of charge. While nothing waits there are no ticks. */
  get nowMs(): number {
    if (this.#timer === undefined) this.#nowMs = this.clock.monotonicMs();
    return this.#nowMs;
  }

  watch(waiting: Waiting): void {
    waiting.deadlineIndex = this.#waiting.push(waiting) - 1;
    if (this.#timer !== undefined) return;
    this.#nowMs = this.clock.monotonicMs();
    this.#timer = this.clock.every(socketLimits.deadlineTickMs, () => this.#tick());
  }

  /** Harmless when it is not watched. */
  unwatch(waiting: Waiting): void {
    const index = waiting.deadlineIndex;
    if (index === -1) return;
    waiting.deadlineIndex = -1;
    const last = this.#waiting.pop()!;
    if (last === waiting) return;
    this.#waiting[index] = last;
    last.deadlineIndex = index;
  }

  #tick(): void {
    this.#nowMs = this.clock.monotonicMs();
    if (this.#waiting.length === 0) {
      this.#timer?.cancel();
      this.#timer = undefined;
      return;
    }
    // Backwards, because whoever is called may stop being watched, and the last one then takes its place.
    for (let index = this.#waiting.length - 1; index >= 0; index--) {
      const waiting = this.#waiting[index];
      if (waiting === undefined || waiting.deadlineMs > this.#nowMs) continue;
      waiting.deadlineMs = Number.POSITIVE_INFINITY;
      waiting.onDeadline();
    }
  }
}
