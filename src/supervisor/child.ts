import type { ChildProcess } from 'node:child_process';
import type { Timer, TimerClock } from '../kernel/clock.ts';

/** A child process of the supervisor, heard through IPC. Gone exactly once. */
export class Child<Incoming, Outgoing> {
  readonly pid: number;
  readonly startedAtMs: number;
  /** When it last said anything. */
  heardAtMs: number;
  isHung = false;
  readonly #process: ChildProcess;
  readonly #clock: TimerClock;
  #killTimer: Timer | undefined;

  constructor(
    process: ChildProcess,
    clock: TimerClock,
    onMessage: (message: Incoming) => void,
    onEnd: (code: number | null, signal: string | null) => void,
  ) {
    this.#process = process;
    this.#clock = clock;
    this.pid = process.pid ?? 0;
    this.startedAtMs = clock.monotonicMs();
    this.heardAtMs = this.startedAtMs;
    let ended = false;
    const end = (code: number | null, signal: string | null) => {
      if (ended) return;
      ended = true;
      this.#killTimer?.cancel();
      onEnd(code, signal);
    };
    process.on('message', (message) => onMessage(message as Incoming));
    process.on('exit', end);
    // It could not even be started (no memory, no process left): the same as a death.
    process.on('error', () => {
      if (process.pid === undefined) end(null, null);
    });
  }

  /** Whether the message went to the channel; a process that is ending takes none, and its end is reported anyway. */
  send(message: Outgoing): boolean {
    if (!this.#process.connected) return false;
    try {
      // What it returns is only whether the pipe is full; the message is queued all the same.
      this.#process.send(message as object, () => {});
      return true;
    } catch {
      return false;
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** SIGKILL after `delayMs` unless it has ended by then. */
  killAfter(delayMs: number): void {
    this.#killTimer?.cancel();
    this.#killTimer = this.#clock.after(delayMs, () => this.#process.kill('SIGKILL'));
  }
}
