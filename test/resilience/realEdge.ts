import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DatedOutcome } from '../../src/agent/outcome.ts';
import type { KindVersions } from '../../src/contract/bundleKind.ts';
import { dataFolder } from '../../src/contract/dataFolder.ts';
import type { EdgeOptions } from '../../src/contract/edgeOptions.ts';
import type { WorkerHealth } from '../../src/contract/processMessages.ts';
import { type Keys, makeKeys, trustBytes } from './smallBundles.ts';

export interface LocalStatus {
  readonly versions: KindVersions;
  readonly localKilled: readonly string[];
  readonly workers: readonly {
    readonly slot: number;
    readonly pid: number;
    readonly versions?: KindVersions;
    readonly health?: WorkerHealth;
  }[];
  readonly missing: readonly { readonly reason: string; readonly message: string }[];
  readonly outcomes: readonly DatedOutcome[];
}

/** A real edge in a temporary folder: supervisor, agent and workers as processes, before an origin in this process. */
export interface RealEdge {
  readonly data: string;
  readonly port: number;
  readonly keys: Keys;
  readonly supervisor: ChildProcess;
  /** Log lines so far, parsed. */
  readonly log: readonly LogLine[];
  /** Pid of the newest agent. */
  agentPid(): Promise<number>;
  local(method: string, path: string, body?: Uint8Array | string): Promise<{ status: number; body: unknown }>;
  status(): Promise<LocalStatus>;
  /** GET on the edge; status 0 when there was no answer. */
  get(path?: string): Promise<{ status: number; text: string }>;
  until(what: string, condition: () => boolean | Promise<boolean>, msMax?: number): Promise<void>;
  /** Ends it and removes the folder; the supervisor's exit code. */
  stop(options?: { readonly keepData?: boolean }): Promise<number | null>;
}

export interface LogLine {
  readonly event: string;
  readonly process: string;
  readonly pid?: number;
  readonly slot?: number;
  readonly message?: string;
}

export interface RealEdgeOptions {
  readonly data?: string;
  readonly keys?: Keys;
  readonly workers?: number;
  /** Entry file in this folder instead of the ordinary supervisor. */
  readonly entry?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly options?: Partial<EdgeOptions>;
  /** Descriptors that each of its processes may have. */
  readonly descriptorsMax?: number;
  /** Size of a file that they may write, in blocks of 512 bytes. */
  readonly fileBlocksMax?: number;
  /** Standard output as a pipe, in `supervisor.stdout`. */
  readonly stdout?: 'pipe';
}

/** What a failed test left running would keep its file, and everything behind it, from ending. */
const running = new Map<ChildProcess, Server>();
after(() => {
  for (const [supervisor, origin] of running) {
    supervisor.kill('SIGTERM');
    origin.close();
    origin.closeAllConnections();
  }
});

const ordinaryEntry = fileURLToPath(new URL('../../src/main/supervisor.ts', import.meta.url));

export async function startRealEdge(options: RealEdgeOptions = {}): Promise<RealEdge> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'holdfast-edge-'));
  const folder = dataFolder(data);
  const keys = options.keys ?? makeKeys();
  writeTrust(folder.edge, folder.trust, keys);
  const origin = await startOrigin();
  const edgeOptions: EdgeOptions = {
    data,
    edge: 'test-edge',
    listen: { host: '127.0.0.1', port: 0 },
    workers: options.workers ?? 2,
    trustedProxies: [],
    sites: { origin: `http://127.0.0.1:${(origin.address() as AddressInfo).port}` },
    control: null,
    logSocket: null,
    ...options.options,
  };
  const { descriptorsMax, fileBlocksMax } = options;
  const limits = [
    descriptorsMax === undefined ? '' : `ulimit -n ${descriptorsMax}; `,
    fileBlocksMax === undefined ? '' : `ulimit -f ${fileBlocksMax}; `,
  ].join('');
  const command = [process.execPath, options.entry ?? ordinaryEntry, JSON.stringify(edgeOptions)];
  const supervisor = spawn('/bin/sh', ['-c', `${limits}exec "$@"`, 'sh', ...command], {
    stdio: ['ignore', options.stdout ?? 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...options.environment },
  });
  running.set(supervisor, origin);
  const log: LogLine[] = [];
  collectLines(supervisor, log);
  const exited = new Promise<number | null>((resolve) => supervisor.once('exit', (code) => resolve(code)));
  const port = await new Promise<number>((resolve, reject) => {
    supervisor.on('message', (message: { type: string; port: number }) => {
      if (message.type === 'ready') resolve(message.port);
    });
    void exited.then((code) => reject(new Error(`the edge ended with ${code}: ${JSON.stringify(log.slice(-5))}`)));
  });
  const edge: RealEdge = {
    data,
    port,
    keys,
    supervisor,
    log,
    agentPid: async () => Number(((await edge.local('GET', '/local/status')).body as { pid: number }).pid),
    local: (method, path, body) => call({ socketPath: folder.agentSocket }, method, path, body),
    status: async () => (await edge.local('GET', '/local/status')).body as LocalStatus,
    get: async (path = '/') => {
      try {
        const { status, text } = await exchange({ host: '127.0.0.1', port }, 'GET', path);
        return { status, text };
      } catch {
        return { status: 0, text: '' };
      }
    },
    until: async (what, condition, msMax = 120_000) => {
      const deadlineMs = performance.now() + msMax;
      while (!(await holds(condition))) {
        if (performance.now() > deadlineMs) throw new Error(`not within ${msMax} ms: ${what}\n${lastLines(log)}`);
        await sleep(20);
      }
    },
    stop: async ({ keepData = false } = {}) => {
      supervisor.kill('SIGTERM');
      const code = await exited;
      origin.close();
      origin.closeAllConnections();
      running.delete(supervisor);
      if (!keepData) rmSync(data, { recursive: true, force: true });
      return code;
    },
  };
  return edge;
}

async function holds(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await condition();
  } catch {
    return false; // The agent may be away for a moment; that is often the point.
  }
}

function lastLines(log: readonly LogLine[]): string {
  return log
    .slice(-8)
    .map((line) => JSON.stringify(line))
    .join('\n');
}

function writeTrust(folder: string, path: string, keys: Keys): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, trustBytes(keys));
  } catch {
    // A disk that takes nothing is what some tests are about.
  }
}

function startOrigin(): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => response.end('from the origin'));
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function collectLines(child: ChildProcess, log: LogLine[]): void {
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      try {
        log.push(JSON.parse(line) as LogLine);
      } catch {
        log.push({ event: 'unreadable', process: 'unknown', message: line });
      }
    }
  });
}

async function call(
  where: object,
  method: string,
  path: string,
  body?: Uint8Array | string,
): Promise<{ status: number; body: unknown }> {
  const { status, text } = await exchange(where, method, path, body);
  return { status, body: JSON.parse(text) as unknown };
}

function exchange(where: object, method: string, path: string, body?: Uint8Array | string) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request({ ...where, method, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
