import type { TimerClock } from './clock.ts';

/** Resolves after `ms`, or as soon as `stop` aborts. Never rejects: whoever stops looks at its signal anyway. */
export function sleep(clock: TimerClock, ms: number, stop?: AbortSignal): Promise<void> {
  if (stop?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      timer.cancel();
      stop?.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(ms, end);
    stop?.addEventListener('abort', end);
  });
}
