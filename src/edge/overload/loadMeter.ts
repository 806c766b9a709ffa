import type { Timer, TimerClock } from '../../kernel/clock.ts';
import { residentBytes } from '../../kernel/ownProcess.ts';
import { overloadLimits } from './limits.ts';
import type { Overload } from './overload.ts';

export interface LoadMeterPorts {
  readonly clock: TimerClock;
  readonly overload: Overload;
  /** Visitors' connections that are open now. */
  readonly connections: () => number;
  /** Memory that the process holds now; asked about once a second. undefined: unknown, so it is as it was. */
  readonly rssBytes?: () => number | undefined;
}

/**
 * Feeds `Overload`: one timer, whose lateness is the event loop's delay. A timer of our own rather than `perf_hooks`'
 * monitor, which wakes a process a hundred times a second for percentiles that nobody here needs.
 */
export class LoadMeter {
  readonly #ports: LoadMeterPorts;
  readonly #timer: Timer;
  #expectedMs: number;
  #rssBytes = 0;
  #looks = 0;
  #delayMsMax = 0;

  constructor(ports: LoadMeterPorts) {
    this.#ports = ports;
    this.#expectedMs = ports.clock.monotonicMs() + overloadLimits.everyMs;
    this.#timer = ports.clock.every(overloadLimits.everyMs, () => this.#look(), 'lets-go');
  }

  /** As it was within the last second. */
  get rssBytes(): number {
    return this.#rssBytes;
  }

  /** The longest delay since this was called last. */
  takeDelayMsMax(): number {
    const longest = this.#delayMsMax;
    this.#delayMsMax = 0;
    return longest;
  }

  stop(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const { clock, connections, overload, rssBytes = residentBytes } = this.#ports;
    const nowMs = clock.monotonicMs();
    const loopDelayMs = Math.max(0, nowMs - this.#expectedMs);
    this.#expectedMs = nowMs + overloadLimits.everyMs;
    this.#delayMsMax = Math.max(this.#delayMsMax, loopDelayMs);
    if (this.#looks++ % overloadLimits.memoryEvery === 0) this.#rssBytes = rssBytes() ?? this.#rssBytes;
    overload.look({ loopDelayMs, rssBytes: this.#rssBytes, connections: connections() });
  }
}
