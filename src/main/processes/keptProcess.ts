import { type ChildProcess, spawn } from 'node:child_process';
import type { LogFields } from '../../kernel/log.ts';

/** What a child process of ours says once it does its work. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly port?: number;
  readonly url?: string;
}

export interface KeptProcessOptions {
  readonly name: string;
  /** The entry file, with arguments of its own in front where there are any. */
  readonly entry: string | readonly string[];
  /** The entry's one argument; asked anew at each start, because a port is known only after the first. */
  readonly argument: () => unknown;
  /** Added to our own. Unlike the argument it is seen by nobody else. */
  readonly environment?: NodeJS.ProcessEnv;
  /** What becomes of its standard output; nothing unless said. */
  readonly stdout?: 'inherit';
  /** A whole line of the child's standard error. */
  readonly onLine: (line: string) => void;
  /** `process-ended`, `process-started`: for the log. */
  readonly onEvent: (event: string, fields: LogFields) => void;
}

const restartDelayMs = { first: 200, max: 10_000 };
/** A machine under full load took 40 s; after this nothing is coming. */
const startDeadlineMs = 120_000;
const linesBytesMax = 64 << 10;

/**
 * A child process that is started again when it ends without being asked to, with a growing delay. The first start is
 * different: a child that cannot start at all (port taken, data folder unwritable) is reported to the caller.
 */
export class KeptProcess {
  readonly #options: KeptProcessOptions;
  #child: ChildProcess | undefined;
  #stopping = false;
  #delayMs = restartDelayMs.first;
  #restartTimer: NodeJS.Timeout | undefined;

  constructor(options: KeptProcessOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Resolves when the child is ready. Rejects with its last words when it ends before that, cannot be started at all, or
   * is not ready after `startDeadlineMs` (it is ended then).
   */
  start(): Promise<ReadyMessage> {
    return new Promise((resolve, reject) => {
      let lastLine = '';
      let isReady = false;
      // A spawn that fails at once throws here, which rejects.
      const child = this.#spawn((line) => {
        lastLine = line;
        this.#options.onLine(line);
      });
      const fail = (what: string) =>
        reject(new Error(saidLast(lastLine) || `${this.name} ${what} before it was ready`));
      const deadline = setTimeout(() => {
        fail(`took more than ${startDeadlineMs / 1_000} s and was ended`);
        child.kill('SIGKILL');
      }, startDeadlineMs);
      child.on('message', (message: ReadyMessage) => {
        if (message?.type !== 'ready') return;
        clearTimeout(deadline);
        isReady = true;
        this.#delayMs = restartDelayMs.first;
        resolve(message);
      });
      child.on('error', (error) => {
        this.#options.onEvent('process-failed', { name: this.name, error: error.message });
        if (child.pid !== undefined) return;
        clearTimeout(deadline);
        fail(`could not be started (${error.message})`);
      });
      child.on('exit', (code, signal) => {
        clearTimeout(deadline);
        if (isReady) this.#restartLater(code, signal);
        else fail(`ended (${signal ?? `exit code ${code}`})`);
      });
    });
  }

  /** Starts it, and goes on trying when that fails: undefined then. */
  async keep(): Promise<ReadyMessage | undefined> {
    try {
      return await this.start();
    } catch (error) {
      this.#options.onEvent('process-not-started', { name: this.name, message: (error as Error).message });
      this.#restartLater(null, null);
      return undefined;
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Asks the child to end, and ends it after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restartTimer);
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
    await ended;
    clearTimeout(timer);
  }

  #spawn(onLine: (line: string) => void): ChildProcess {
    const child = spawn(process.execPath, [...[this.#options.entry].flat(), JSON.stringify(this.#options.argument())], {
      stdio: ['ignore', this.#options.stdout ?? 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...this.#options.environment },
    });
    this.#child = child;
    let rest = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-linesBytesMax);
      for (const line of lines) if (line !== '') onLine(line);
    });
    return child;
  }

  #restartLater(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#stopping) return;
    // Told when it is started again: a service manager that ends the whole group at once is no accident to report.
    const delayMs = this.#delayMs;
    this.#restartTimer = setTimeout(() => {
      this.#options.onEvent('process-ended', { name: this.name, code, signal, restartAfterMs: delayMs });
      this.start().then(
        (message) => this.#options.onEvent('process-started', { name: this.name, pid: this.pid, url: message.url }),
        () => this.#restartLater(null, null),
      );
    }, this.#delayMs);
    this.#delayMs = Math.min(this.#delayMs * 2, restartDelayMs.max);
  }
}

/** The sentence in a child's last log line: `message` or `error` of a JSON line, else the line as it is. */
function saidLast(line: string): string {
  try {
    const { message, error } = JSON.parse(line) as { message?: string; error?: string };
    return message ?? error ?? line;
  } catch {
    return line;
  }
}
