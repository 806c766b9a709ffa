import type { TimerClock } from './clock.ts';

/**
 * Does `work` with a signal that aborts after `ms`, or when `stop` does. The work must heed it: its promise is the one
 * that is returned. The timer is gone as soon as the work is over, and holds no process: what is open does that.
 */
export async function withDeadline<T>(
  clock: TimerClock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  stop?: AbortSignal,
): Promise<T> {
  const late = new AbortController();
  const timer = clock.after(
    ms,
    () => late.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
    'lets-go',
  );
  try {
    return await work(stop === undefined ? late.signal : AbortSignal.any([stop, late.signal]));
  } finally {
    timer.cancel();
  }
}
