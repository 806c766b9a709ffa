import type { ChildProcess } from 'node:child_process';
import type { Timer, TimerClock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import { supervisorLimits } from './limits.ts';

export interface ServiceNotifierPorts {
  /** Of this process: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** This process, and its parent: the launcher is what a service manager started and calls the main process. */
  readonly pids: readonly number[];
  /** Runs `systemd-notify` with these words, which are one message. */
  spawnNotify(words: readonly string[]): ChildProcess;
  readonly clock: TimerClock;
  readonly logger: Logger;
}

/**
 * Tells a service manager how the edge does (sd_notify(3)). Node cannot send unix datagrams, so each message is sent by a
 * short-lived `systemd-notify`, which costs 3 ms and needs `NotifyAccess=all`. One after another, in order; what cannot be
 * sent is logged once and costs nothing else. Without `NOTIFY_SOCKET` nothing is ever started.
 */
export class ServiceNotifier {
  readonly #ports: ServiceNotifierPorts;
  readonly #isWanted: boolean;
  /** Messages that wait for the one that is being sent. */
  #waiting: (readonly string[])[] = [];
  #isSending = false;
  #state: 'starting' | 'ready' | 'reloading' | 'stopping' = 'starting';
  #hasFailed = false;
  #watchdog: Timer | undefined;

  constructor(ports: ServiceNotifierPorts) {
    this.#ports = ports;
    this.#isWanted = (ports.environment.NOTIFY_SOCKET ?? '') !== '';
  }

  /** It serves. */
  ready(status: string): void {
    this.#state = 'ready';
    this.#send(['READY=1', `STATUS=${status}`]);
    this.#startWatchdog();
  }

  /** A reload during the start is part of the start. */
  reloading(): void {
    if (this.#state === 'starting' || this.#state === 'stopping') return;
    this.#state = 'reloading';
    // systemd wants to know that this is not an older reload: on CLOCK_MONOTONIC, as our clock is on Linux.
    this.#send(['RELOADING=1', `MONOTONIC_USEC=${Math.floor(this.#ports.clock.monotonicMs() * 1_000)}`]);
  }

  reloaded(status: string): void {
    if (this.#state === 'reloading') this.ready(status);
  }

  stopping(): void {
    this.#state = 'stopping';
    this.#watchdog?.cancel();
    this.#send(['STOPPING=1', 'STATUS=Draining']);
  }

  /**
   * Half as often as is wanted. That the timer runs is all it says: a worker that hangs is the supervisor's to kill, and
   * workers that die are no reason to lose the one who starts them.
   */
  #startWatchdog(): void {
    const { WATCHDOG_USEC: everyUs, WATCHDOG_PID: pid } = this.#ports.environment;
    const everyMs = Number(everyUs) / 1_000;
    if (this.#watchdog !== undefined || !this.#isWanted || !(everyMs >= supervisorLimits.watchdogMsMin)) return;
    if (pid !== undefined && pid !== '' && !this.#ports.pids.includes(Number(pid))) return;
    const tell = () => this.#send(['WATCHDOG=1']);
    tell();
    this.#watchdog = this.#ports.clock.every(everyMs / 2, tell, 'lets-go');
  }

  #send(words: readonly string[]): void {
    if (!this.#isWanted) return;
    if (this.#waiting.length >= supervisorLimits.notificationsMax) return;
    this.#waiting.push(words);
    if (!this.#isSending) this.#sendNext();
  }

  #sendNext(): void {
    const words = this.#waiting.shift();
    if (words === undefined) return;
    this.#isSending = true;
    let isOver = false;
    const over = (problem: string | undefined) => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      this.#isSending = false;
      if (problem !== undefined && !this.#hasFailed) {
        this.#hasFailed = true;
        this.#ports.logger.warn('service-manager-not-told', { message: problem, words });
      }
      this.#sendNext();
    };
    let child: ChildProcess | undefined;
    const timer = this.#ports.clock.after(supervisorLimits.notifyMsMax, () => child?.kill('SIGKILL'));
    try {
      child = this.#ports.spawnNotify(words);
      child.on('error', (error) => over(`systemd-notify cannot be started: ${error.message}`));
      child.on('exit', (code, signal) => over(code === 0 ? undefined : `systemd-notify ended with ${code ?? signal}`));
    } catch (error) {
      over(String(error));
    }
  }
}
