import { setImmediate } from 'node:timers/promises';
import type { Hold, Timer, TimerClock } from '../clock.ts';

/** The longest wait that Node's timers know; one that is longer would run at once. */
const waitMsMax = 2 ** 31 - 1;

/**
 * Time that a test moves: nothing waits, and what is due runs in the order in which it is due. Timers are as Node's are:
 * none sooner than a millisecond, and one that repeats is set again when it ran, so that it does not catch up.
 */
export class MadeUpClock implements TimerClock {
  /** Moved by hand, time goes on while this process does not, as one that is stopped or busy: its timers are late. */
  nowMs: number;
  #wallAheadMs: number;
  #set = 0;
  readonly #timers = new Set<MadeUpTimer>();

  constructor({ nowMs = 1_000, wallMs = 1_800_000_000_000 } = {}) {
    this.nowMs = nowMs;
    this.#wallAheadMs = wallMs - nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  wallMs(): number {
    return this.nowMs + this.#wallAheadMs;
  }

  after(ms: number, run: () => void, hold: Hold = 'holds'): Timer {
    return new MadeUpTimer(this, ms, run, hold, false);
  }

  every(ms: number, run: () => void, hold: Hold = 'holds'): Timer {
    return new MadeUpTimer(this, ms, run, hold, true);
  }

  /**
   * Lets time pass, and runs what becomes due meanwhile, also what is set by that. Between two timers there is a turn of the
   * event loop, so that whoever awaits one goes on at the time when it ran, and before the next one. Real I/O may need more
   * turns than that: what depends on it is awaited by the test.
   */
  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.nowMs + ms);
  }

  async advanceTo(endMs: number): Promise<void> {
    await setImmediate();
    for (let next = this.#dueBy(endMs); next !== undefined; next = this.#dueBy(endMs)) {
      this.#run(next);
      await setImmediate();
    }
    this.nowMs = Math.max(this.nowMs, endMs);
  }

  /** The same within one turn, for code that awaits nothing. */
  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    for (let next = this.#dueBy(endMs); next !== undefined; next = this.#dueBy(endMs)) this.#run(next);
    this.nowMs = Math.max(this.nowMs, endMs);
  }

  /** Somebody sets the wall clock. */
  setWall(wallMs: number): void {
    this.#wallAheadMs = wallMs - this.nowMs;
  }

  /** Timers that are set and would keep the process; 0: it could end now. */
  get holding(): number {
    return [...this.#timers].filter(({ hold }) => hold === 'holds').length;
  }

  /** Timers that are set, of either kind. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Told by a timer that is set; its place among those that are due at the same time. */
  add(timer: MadeUpTimer): number {
    this.#timers.add(timer);
    return this.#set++;
  }

  /** Told by a timer. */
  remove(timer: MadeUpTimer): void {
    this.#timers.delete(timer);
  }

  #dueBy(endMs: number): MadeUpTimer | undefined {
    let next: MadeUpTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs > endMs) continue;
      const isSooner = next === undefined || timer.dueMs < next.dueMs;
      if (isSooner || (timer.dueMs === next?.dueMs && timer.place < next.place)) next = timer;
    }
    return next;
  }

  #run(timer: MadeUpTimer): void {
    this.nowMs = Math.max(this.nowMs, timer.dueMs);
    timer.run();
  }
}

class MadeUpTimer implements Timer {
  readonly hold: Hold;
  readonly #clock: MadeUpClock;
  readonly #ms: number;
  readonly #run: () => void;
  readonly #repeats: boolean;
  #isCancelled = false;
  dueMs = 0;
  place = 0;

  constructor(clock: MadeUpClock, ms: number, run: () => void, hold: Hold, repeats: boolean) {
    if (!(ms <= waitMsMax)) throw new RangeError(`a timer cannot wait ${ms} ms; Node would run it at once`);
    this.hold = hold;
    this.#clock = clock;
    this.#ms = Math.max(1, ms);
    this.#run = run;
    this.#repeats = repeats;
    this.restart();
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#clock.remove(this);
  }

  restart(): void {
    if (this.#isCancelled) return;
    this.dueMs = this.#clock.monotonicMs() + this.#ms;
    this.place = this.#clock.add(this);
  }

  /** Told by the clock. What it runs may cancel it or start it again. */
  run(): void {
    this.#clock.remove(this);
    this.#run();
    if (this.#repeats) this.restart();
  }
}
