import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { treeOf } from './measure/processTree.ts';

/** The contender has a core alone; load, origin and log receiver share the other. */
export const cores = { load: 0, contender: 1 } as const;

export interface PinnedOptions {
  /** null: any core. */
  readonly core: number | null;
  /** Where its output goes, for when it does not start. */
  readonly folder: string;
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Opens a channel for messages. */
  readonly talks?: boolean;
}

const running = new Set<PinnedProcess>();

/** Ends at once whatever still runs: for a bench that is itself ended. */
export function killAll(): void {
  for (const { pid } of running) for (const each of treeOf(pid)) killIfThere(each);
}

/** A process of the bench, and how to end it. */
export class PinnedProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  /** On the clock of `performance.now()`. */
  readonly startedAtMs: number;
  readonly #outputPath: string;
  #isOver = false;

  /** taskset becomes the command itself, so the pid is the command's. */
  constructor(command: string, args: readonly string[], options: PinnedOptions) {
    this.#outputPath = join(options.folder, `${options.name}.output`);
    const output = openSync(this.#outputPath, 'w');
    const [program, words] =
      options.core === null ? [command, args] : ['taskset', ['-c', String(options.core), command, ...args]];
    this.startedAtMs = performance.now();
    this.child = spawn(program, words, {
      stdio: ['ignore', output, output, ...(options.talks ? (['ipc'] as const) : [])],
      env: { ...process.env, ...options.environment },
    });
    closeSync(output);
    running.add(this);
    this.exited = new Promise((resolve) => {
      const over = (code: number | null) => {
        this.#isOver = true;
        running.delete(this);
        resolve(code);
      };
      this.child.once('exit', over);
      this.child.once('error', () => over(127));
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** What it said last, for an error message. */
  get lastWords(): string {
    return readFileSync(this.#outputPath, 'utf8').trim().slice(-600);
  }

  /** SIGTERM, and after ten seconds SIGKILL for it and everything below it. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.child.kill('SIGTERM');
    const late = setTimeout(() => {
      for (const pid of treeOf(this.pid)) killIfThere(pid);
    }, 10_000);
    await this.exited;
    clearTimeout(late);
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Ended in between.
  }
}

/** A port that was free a moment ago: most contenders cannot say which one they took. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
