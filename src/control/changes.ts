import type { TimerClock } from '../kernel/clock.ts';
import { controlLimits } from './limits.ts';

/**
 * Long polls that wait for something to change. Bounded: beyond the bound the one that waits longest is let go early,
 * which costs its edge one more question.
 */
export class Changes {
  readonly #clock: TimerClock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: TimerClock) {
    this.#clock = clock;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves at the next `announce`, after `waitMs`, or when `signal` aborts; never rejects. */
  wait(waitMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || waitMs <= 0) return Promise.resolve();
    if (this.#waiting.size >= controlLimits.waitersMax) this.#oldest()?.();
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        timer.cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = this.#clock.after(waitMs, done);
      signal.addEventListener('abort', done, { once: true });
      this.#waiting.add(done);
    });
  }

  announce(): void {
    for (const done of [...this.#waiting]) done();
  }

  #oldest(): (() => void) | undefined {
    return this.#waiting.values().next().value;
  }
}
