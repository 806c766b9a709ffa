import { supervisorLimits } from './limits.ts';

/** Whether one worker process holds more than it may, for long enough to be replaced. Time is what the caller says. */
export class MemoryWatch {
  #above = 0;
  #askedMs: number | undefined;

  /** One heartbeat; true when the worker is to be replaced now. Told again after a while when it was not. */
  isOver(rssBytes: number, rssBytesMax: number, livedMs: number): boolean {
    this.#above = rssBytes > rssBytesMax ? this.#above + 1 : 0;
    const { memoryHeartbeats, memoryPauseMs } = supervisorLimits;
    // A limit below what any worker needs would otherwise replace workers without end.
    if (this.#above < memoryHeartbeats || livedMs < memoryPauseMs) return false;
    if (this.#askedMs !== undefined && livedMs - this.#askedMs < memoryPauseMs) return false;
    this.#askedMs = livedMs;
    return true;
  }
}
