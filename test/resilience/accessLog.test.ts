import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataFolder } from '../../src/contract/dataFolder.ts';
import { type LineLoss, lineLosses } from '../../src/contract/metrics/labelValues.ts';
import { Undo } from '../edge/harness.ts';
import { parsePrometheus } from './prometheus.ts';
import { type RealEdge, type RealEdgeOptions, startRealEdge } from './realEdge.ts';
import { SteadyLoad } from './steadyLoad.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-access-'));
  undo.add(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** An edge with an access log, whose workers run the site. */
async function startLogging(path: string, more: RealEdgeOptions = {}): Promise<RealEdge> {
  const edge = await startRealEdge({ workers: 2, options: { accessLog: { path } }, ...more });
  undo.add(() => edge.stop());
  await edge.until('the workers run the site', async () => {
    const { workers } = await edge.status();
    return workers.length === 2 && workers.every(({ versions }) => versions?.sites === 1);
  });
  return edge;
}

/** Lines that are whole, and those that are not. */
function linesOf(text: string): { readonly whole: Record<string, unknown>[]; readonly torn: string[] } {
  const whole: Record<string, unknown>[] = [];
  const torn: string[] = [];
  for (const line of text.split('\n')) {
    try {
      if (line !== '') whole.push(JSON.parse(line) as Record<string, unknown>);
    } catch {
      torn.push(line.slice(0, 200));
    }
  }
  return { whole, torn };
}

/** By reason, over all workers. */
async function lost(edge: RealEdge): Promise<Record<LineLoss, number>> {
  const text = await new Promise<string>((resolve, reject) => {
    const socketPath = dataFolder(edge.data).adminSocket;
    const asked = request({ socketPath, path: '/metrics', agent: false }, (response) => {
      let page = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        page += chunk;
      });
      response.on('end', () => resolve(page));
    });
    asked.on('error', reject);
    asked.end();
  });
  const samples = parsePrometheus(text).filter(({ name }) => name === 'holdfast_edge_access_log_lines_lost_total');
  const sum = (reason: string) =>
    samples.filter(({ labels }) => labels.reason === reason).reduce((total, { value }) => total + value, 0);
  return Object.fromEntries(lineLosses.map((reason) => [reason, sum(reason)])) as Record<LineLoss, number>;
}

/** Texts that make a line some 3 KB long. */
const longFields = ['Referer', 'X-Request-Id'].map((name) => `${name}: ${'x'.repeat(1_000)}\r\n`).join('');

/** Operational lines about the access log. */
function troubles(edge: RealEdge): number {
  return edge.log.filter((line) => line.event === 'errors' && line.message?.includes('takes no lines')).length;
}

/** Asks until lines are lost for `reason`; every request was answered. */
async function loadUntilLost(edge: RealEdge, reason: LineLoss): Promise<number> {
  const load = new SteadyLoad(edge.port, 64, 0, longFields);
  await edge.until(`lines are lost: ${reason}`, async () => (await lost(edge))[reason] > 100, 60_000);
  const { failures, requests } = await load.stop();
  assert.deepEqual(failures, []);
  return requests;
}

/** Asks now and then until a condition holds; how often. */
async function askUntil(edge: RealEdge, isLogged: () => boolean): Promise<number> {
  let asked = 0;
  await edge.until(
    'requests are logged again',
    async () => {
      if (isLogged()) return true;
      asked += 1;
      assert.equal((await edge.get('/marker')).status, 200);
      await sleep(200);
      return false;
    },
    20_000,
  );
  return asked;
}

test('every request leaves a line, also while logs are rotated by moving the file away', async () => {
  const path = join(folder(), 'access.log');
  const edge = await startLogging(path);
  const load = new SteadyLoad(edge.port, 8, 1);
  for (let rotation = 1; rotation <= 5; rotation++) {
    await sleep(300);
    await edge.until('there is a file', () => existsSync(path));
    renameSync(path, `${path}.${rotation}`);
  }
  await sleep(300);
  const { requests, failures } = await load.stop();
  assert.deepEqual(failures, []);
  const read = () =>
    linesOf(
      [path, ...[1, 2, 3, 4, 5].map((n) => `${path}.${n}`)]
        .map((name) => (existsSync(name) ? readFileSync(name, 'utf8') : ''))
        .join(''),
    );
  await edge.until('all lines', () => read().whole.length >= requests, 5_000);
  const { whole, torn } = read();
  assert.deepEqual(torn, []);
  assert.equal(whole.length, requests);
  const { at, bytes, duration_ms, worker, score, ...line } = whole[0]!;
  assert.match(String(at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.equal(bytes, 'from the origin'.length);
  assert.ok(Number(duration_ms) > 0 && [1, 2].includes(Number(worker)) && Number(score) >= 1);
  assert.deepEqual(
    [line.edge, line.client_address, line.site, line.host, line.method, line.path, line.status, line.user_agent],
    ['test-edge', '127.0.0.1', 'default', 'load.example', 'GET', '/page', 200, 'steady-load'],
  );
});

test('a worker that ends writes what it has; nothing is lost by a replacement', async () => {
  const path = join(folder(), 'access.log');
  const edge = await startLogging(path);
  const pids = (await edge.status()).workers.map(({ pid }) => pid);
  const load = new SteadyLoad(edge.port, 8, 1);
  await edge.local('POST', '/local/replace-workers');
  await edge.until('both replaced', async () => {
    const { workers } = await edge.status();
    return workers.length === 2 && workers.every(({ pid, versions }) => versions !== undefined && !pids.includes(pid));
  });
  const { requests, failures } = await load.stop();
  assert.deepEqual(failures, []);
  await edge.until('all lines', () => linesOf(readFileSync(path, 'utf8')).whole.length >= requests, 5_000);
  assert.equal(linesOf(readFileSync(path, 'utf8')).whole.length, requests);
});

/** What makes the log's place full, and empty again. */
interface FullDisk {
  readonly path: string;
  makeRoom(): void;
  /** All that was written. */
  read(): string;
}

async function suffer(disk: FullDisk, more: RealEdgeOptions = {}): Promise<void> {
  const edge = await startLogging(disk.path, more);
  const pids = (await edge.status()).workers.map(({ pid }) => pid);
  const requests = await loadUntilLost(edge, 'disk-full');
  const told = troubles(edge);
  assert.ok(told >= 1 && told <= 8, `told ${told} times`);

  disk.makeRoom();
  const marked = () => linesOf(disk.read()).whole.some(({ path }) => path === '/marker');
  const markers = await askUntil(edge, marked);
  assert.ok(edge.log.some(({ event }) => event === 'access-log-goes-on'));
  // Each line is in the file or counted, and one that was cut short stands there whole once more.
  await edge.until(
    'all accounted for',
    async () => {
      const losses = Object.values(await lost(edge)).reduce((sum, count) => sum + count, 0);
      return linesOf(disk.read()).whole.length + losses === requests + markers;
    },
    15_000,
  );
  const { torn } = linesOf(disk.read());
  assert.ok(torn.length <= 20, `${torn.length} torn lines`);
  assert.deepEqual(
    (await edge.status()).workers.map(({ pid }) => pid),
    pids,
  );
}

test('a full disk (a device that is always full): lines are counted, the edge serves, and it goes on in another file', async () => {
  const path = join(folder(), 'access.log');
  symlinkSync('/dev/full', path);
  await suffer({
    path,
    makeRoom: () => rmSync(path),
    read: () => (existsSync(path) ? readFileSync(path, 'utf8') : ''),
  });
});

test('a full disk (a small file system): lines are counted, the edge serves, and it goes on when there is room', async (context) => {
  const mount = join(folder(), 'small');
  mkdirSync(mount);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', mount], { stdio: 'pipe' });
  } catch {
    context.skip('mounting a file system needs rights that this user does not have');
    return;
  }
  undo.add(() => execFileSync('umount', ['--lazy', mount]));
  const filler = join(mount, 'filler');
  writeFileSync(filler, Buffer.alloc((16 << 20) - (1 << 20)));
  const path = join(mount, 'access.log');
  await suffer({ path, makeRoom: () => rmSync(filler), read: () => readFileSync(path, 'utf8') });
});

test('a limit on the size of files is a full disk; it goes on when the file is rotated', async () => {
  const path = join(folder(), 'access.log');
  const disk = {
    path,
    makeRoom: () => renameSync(path, `${path}.1`),
    // A file that was moved away full may end within a line.
    read: () => [`${path}.1`, path].map((name) => (existsSync(name) ? readFileSync(name, 'utf8') : '')).join('\n'),
  };
  await suffer(disk, { fileBlocksMax: 32 << 10 });
});

test('on standard output: a reader that stops costs lines, never a request, and gets whole lines when it goes on', async () => {
  const edge = await startLogging('', { stdout: 'pipe', options: { accessLog: 'stdout' } });
  const { stdout } = edge.supervisor;
  let text = '';
  stdout!.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  stdout!.pause();
  const requests = await loadUntilLost(edge, 'slow');
  stdout!.resume();
  const markers = await askUntil(edge, () => text.includes('/marker'));
  await edge.until(
    'all accounted for',
    async () => linesOf(text).whole.length + (await lost(edge)).slow === requests + markers,
    15_000,
  );
  assert.deepEqual(linesOf(text).torn, []);
  assert.equal(troubles(edge), 0);
});
