import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FirstVisitors {
  /** What each visitor was answered, in order, from the first answer on. */
  readonly statuses: readonly number[];
  /** Lines of the access log on the standard output, which was redirected to a file. */
  readonly lines: readonly string[];
  readonly exitCode: number | null;
}

const startMsMax = 60_000;
/** Enough for each of two workers to be met for certain, and for the second to come after the first. */
const visitorsAfter = 150;
const linesMsMax = 20_000;

/**
 * Starts Holdfast in an empty folder with the launcher and the verb given, and asks it from the first moment on, each time
 * over a new connection: what the visitors of a first start get.
 */
export async function visitFirstStart(launcher: string, verb: 'edge' | 'up'): Promise<FirstVisitors> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-visitors-'));
  const origin = createServer((_request, response) => response.end('from the origin'));
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const port = await freePort();
  const outPath = join(folder, 'out');
  const out = openSync(outPath, 'w');
  const where = ['--data', join(folder, 'data'), '--listen', `127.0.0.1:${port}`, '--workers', '2'];
  const more = verb === 'up' ? ['--control-listen', '127.0.0.1:0'] : ['--no-log'];
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  const child = spawn(
    process.execPath,
    [launcher, verb, '--origin', url, ...where, ...more, '--access-log', 'stdout'],
    { cwd: folder, stdio: ['ignore', out, 'ignore'] },
  );
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const lines = () => readFileSync(outPath, 'utf8').split('\n').filter(isLogLine);
  let exitCode: number | null;
  const statuses: number[] = [];
  try {
    const deadlineMs = performance.now() + startMsMax;
    while (statuses.filter((status) => status === 200).length < visitorsAfter && performance.now() < deadlineMs) {
      const status = await statusOf(port);
      if (status !== undefined) statuses.push(status);
      await sleep(status === undefined ? 5 : 2);
    }
    const linesDeadlineMs = performance.now() + linesMsMax;
    while (lines().length < statuses.length && performance.now() < linesDeadlineMs) await sleep(20);
  } finally {
    child.kill('SIGTERM');
    exitCode = await exited;
    closeSync(out);
    origin.close();
    origin.closeAllConnections();
  }
  const result = { statuses, lines: lines(), exitCode };
  rmSync(folder, { recursive: true, force: true });
  return result;
}

/** `holdfast up` says more there. */
function isLogLine(line: string): boolean {
  return line.startsWith('{"at":');
}

/** What one visitor of `/` is answered; undefined: nobody listens; 0: it was cut off. */
export function statusOf(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
      response.on('error', () => resolve(0));
    });
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED' ? undefined : 0));
  });
}

/** Nobody's at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createNetServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
