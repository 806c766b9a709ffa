import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Finding, RefusalReason } from '../contract/finding.ts';
import type { Timer, TimerClock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { CheckAnswer, CheckTask } from './checkTask.ts';
import { agentLimits } from './limits.ts';

export interface ValidatorBounds {
  /** Processor time of one check; what counts on a busy machine, where the clock would refuse good bundles. */
  readonly cpuMsMax: number;
  /** By the clock: for what waits instead of computing, and where the system does not tell processor time. */
  readonly checkMsMax: number;
  readonly rssBytesMax: number;
}

/**
 * Checks bundles in a process of its own, one at a time: whatever a payload does to a parser costs that process, never the
 * agent. Time and memory are watched from here, because a busy process cannot watch itself and V8's limits do not count
 * typed arrays. Fails closed: no answer is a refusal.
 */
export class ValidatorProcess {
  readonly #start: () => ChildProcess;
  readonly #clock: TimerClock;
  readonly #logger: Logger;
  readonly #bounds: ValidatorBounds;
  #child: ChildProcess | undefined;
  #checks = 0;
  #nextId = 1;
  #idleTimer: Timer | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** `start` spawns the entry with IPC in 'advanced' serialization. */
  constructor(
    start: () => ChildProcess,
    clock: TimerClock,
    logger: Logger,
    bounds: ValidatorBounds = {
      cpuMsMax: agentLimits.checkCpuMsMax,
      checkMsMax: agentLimits.checkMsMax,
      rssBytesMax: agentLimits.childRssBytesMax,
    },
  ) {
    this.#start = start;
    this.#clock = clock;
    this.#logger = logger;
    this.#bounds = bounds;
  }

  /** The findings against a payload; none: it may be tried. Never rejects. */
  check(task: Omit<CheckTask, 'id'>): Promise<readonly Finding[]> {
    const outcome = this.#queue.then(() => this.#checkNow({ ...task, id: this.#nextId++ }));
    this.#queue = outcome;
    return outcome;
  }

  /** Starts the process ahead of a check that is sure to come. Never throws: what goes wrong is said by the check. */
  warm(): void {
    try {
      this.#ready().on('error', () => {});
      this.#rest();
    } catch {
      this.stop();
    }
  }

  /** Ends the process. */
  stop(): void {
    this.#idleTimer?.cancel();
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  /** spawn and send tell some errors by an event and throw others (E2BIG, ENOMEM). */
  async #checkNow(task: CheckTask): Promise<readonly Finding[]> {
    this.#idleTimer?.cancel();
    try {
      return await this.#ask(this.#ready(), task);
    } catch (error) {
      this.stop();
      return [crashed(`its process could not be used: ${error instanceof Error ? error.message : String(error)}`)];
    }
  }

  #ask(child: ChildProcess, task: CheckTask): Promise<readonly Finding[]> {
    return new Promise((resolve) => {
      let over = false;
      const startedAtMs = this.#clock.monotonicMs();
      const cpuBeforeMs = cpuMs(child.pid ?? 0);
      const finish = (findings: readonly Finding[], isHealthy: boolean) => {
        if (over) return;
        over = true;
        watch.cancel();
        child.removeAllListeners();
        // A child that misbehaved is never asked again. Removing listeners, an error of the dying one still needs an ear.
        child.on('error', () => {});
        if (isHealthy) this.#rest();
        else this.stop();
        resolve(findings);
      };
      const watch = this.#clock.every(agentLimits.childWatchEveryMs, () => {
        const { cpuMsMax, checkMsMax, rssBytesMax } = this.#bounds;
        const rssBytes = residentBytes(child.pid ?? 0);
        const usedMs = cpuMs(child.pid ?? 0) - cpuBeforeMs;
        if (rssBytes > rssBytesMax) finish([memoryFinding(rssBytes, this.#bounds)], false);
        else if (usedMs > cpuMsMax) finish([timeFinding(`${cpuMsMax} ms of processor time`, cpuMsMax)], false);
        else if (this.#clock.monotonicMs() - startedAtMs > checkMsMax)
          finish([timeFinding(`${checkMsMax} ms`, checkMsMax)], false);
      });
      child.on('message', (message) => {
        const answer = message as CheckAnswer;
        if (answer.id === task.id) finish(answer.findings, true);
      });
      child.on('exit', (code, signal) => finish([endFinding(code, signal)], false));
      child.on('error', (error) => finish([crashed(`its process could not be used: ${error.message}`)], false));
      const refused = (error: Error) => finish([crashed(`its process took no task: ${error.message}`)], false);
      try {
        child.send(task, (error) => {
          if (error !== null) refused(error);
        });
      } catch (error) {
        refused(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #ready(): ChildProcess {
    if (this.#child !== undefined && this.#checks >= agentLimits.checksPerChildMax) this.stop();
    const isUsable = this.#child?.connected === true && this.#child.exitCode === null;
    if (!isUsable || this.#child === undefined) {
      this.#child = this.#start();
      this.#checks = 0;
      this.#logger.info('validator-started', { pid: this.#child.pid });
    }
    this.#checks++;
    return this.#child;
  }

  #rest(): void {
    this.#idleTimer?.cancel();
    this.#idleTimer = this.#clock.after(agentLimits.childIdleMs, () => this.stop(), 'lets-go');
  }
}

/** Resident memory of a process; 0 where the system has no /proc, and only V8's own limit bounds memory there. */
function residentBytes(pid: number): number {
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return Number(match?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Processor time a process has used; 0 where the system has no /proc. Linux counts in hundredths of a second there. */
function cpuMs(pid: number): number {
  try {
    // Behind the name in parentheses, which may hold anything: fields 14 and 15 are user and system time.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

function memoryFinding(rssBytes: number, { rssBytesMax }: ValidatorBounds): Finding {
  const message = `Checking it took ${rssBytes >> 20} MiB of memory; at most ${rssBytesMax >> 20} MiB are granted.`;
  return { reason: 'validation-memory', message, value: rssBytes, limit: rssBytesMax };
}

function timeFinding(bound: string, limit: number): Finding {
  return { reason: 'validation-timeout', message: `Checking it took longer than ${bound}.`, limit };
}

/** V8 aborts a process whose heap is full. */
function endFinding(code: number | null, signal: string | null): Finding {
  const isOutOfHeap = signal === 'SIGABRT' || code === 134;
  const reason: RefusalReason = isOutOfHeap ? 'validation-memory' : 'validation-crashed';
  if (isOutOfHeap) return { reason, message: `Checking it filled the heap of ${agentLimits.childHeapMiB} MiB.` };
  return crashed(`its process ended with ${signal ?? `code ${code}`}`);
}

function crashed(how: string): Finding {
  return { reason: 'validation-crashed', message: `Checking it came to no answer: ${how}.` };
}
