import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));
const startDeadlineMs = 120_000;

/** A whole Holdfast as a stranger starts it: `holdfast up` by its launcher, free ports, an empty data folder. */
export interface HoldfastUp {
  readonly edgeUrl: string;
  readonly controlUrl: string;
  readonly data: string;
  readonly process: ChildProcess;
  /** Everything it has said so far. */
  said(): string;
  /** Runs `holdfast ARGS --data DATA`; never throws. */
  cli(...args: string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  /** Pids by name from the run state: `edge` is the supervisor. */
  pids(): Record<string, number>;
  /** Ends it with SIGTERM, removes the folder, returns the exit code. */
  stop(): Promise<number | null>;
}

export async function startHoldfast(
  args: readonly string[] = [],
  options: { readonly keepData?: string } = {},
): Promise<HoldfastUp> {
  const data = options.keepData ?? mkdtempSync(join(tmpdir(), 'holdfast-up-'));
  const child = spawn(
    process.execPath,
    [launcher, 'up', '--data', data, '--listen', '127.0.0.1:0', '--control-listen', '127.0.0.1:0', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const urls = await new Promise<{ edge: string; control: string }>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGTERM');
      reject(new Error(`not up after ${startDeadlineMs} ms:\n${said}`));
    }, startDeadlineMs);
    const listen = (text: Buffer) => {
      said += text;
      const edge = /^ {2}edge +(http:\S+)/m.exec(said)?.[1];
      const control = /^ {2}control +(http:\S+)/m.exec(said)?.[1];
      if (edge === undefined || !said.includes('Three things to try')) return;
      clearTimeout(timer);
      resolve({ edge, control: control ?? '' });
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    void exited.then((code) => {
      clearTimeout(timer);
      reject(new Error(`holdfast up ended with ${code}:\n${said}`));
    });
  });
  return {
    edgeUrl: urls.edge,
    controlUrl: urls.control,
    data,
    process: child,
    said: () => said,
    cli: (...cliArgs) =>
      new Promise((resolve) => {
        execFile(
          process.execPath,
          [launcher, ...cliArgs, '--data', data],
          { maxBuffer: 16 << 20 },
          (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
        );
      }),
    pids: () =>
      (JSON.parse(readFileSync(join(data, 'run', 'up.json'), 'utf8')) as { pids: Record<string, number> }).pids,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const code = await exited;
      if (options.keepData === undefined) rmSync(data, { recursive: true, force: true });
      return code;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | readonly string[];
  readonly body?: string;
  readonly localAddress?: string;
  readonly agent?: Agent;
}

/** One request, on a connection of its own unless an agent is given; header order is kept when headers are a list. */
export function ask(url: string, options: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body, agent, headers, ...rest } = options;
    const sent = request(
      url,
      { ...rest, ...(headers ? { headers: headers as Record<string, string> } : {}), agent: agent ?? false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The lines of `/.holdfast/trace` as an object. */
export async function trace(edgeUrl: string, options: Ask = {}): Promise<Record<string, string>> {
  const { body } = await ask(`${edgeUrl}/.holdfast/trace`, options);
  return Object.fromEntries(
    body
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** Polls until `check` gives something; a deadline instead of a sleep. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined> | T | undefined,
  deadlineMs = 30_000,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const value = await check();
      if (value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`not within ${deadlineMs} ms: ${what}${last === undefined ? '' : ` (${String(last)})`}`);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
