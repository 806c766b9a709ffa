import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataFolder } from '../../src/contract/dataFolder.ts';
import type { ListenerKind } from '../../src/contract/edgeOptions.ts';
import { shareDescriptors } from '../../src/edge/overload/index.ts';
import { certificateFolder, makeCertificate } from '../edge/certificateFiles.ts';
import { Undo } from '../edge/harness.ts';
import { parsePrometheus } from './prometheus.ts';
import { type RealEdge, startRealEdge } from './realEdge.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const descriptorsMax = 128;
const { connectionsMax, visitorsMax } = shareDescriptors(descriptorsMax);

/** A visitor's connection. */
class Visitor {
  readonly socket: Socket;
  isClosed = false;
  statuses: number[] = [];

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (bytes) => {
      for (const [, status] of bytes.toString('latin1').matchAll(/HTTP\/1\.1 (\d{3})/g)) {
        this.statuses.push(Number(status));
      }
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
    });
  }

  async ask(): Promise<number | 'closed'> {
    const before = this.statuses.length;
    this.socket.write('GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n');
    while (this.statuses.length === before && !this.isClosed) await sleep(5);
    return this.statuses[before] ?? 'closed';
  }
}

/** An edge of one worker whose processes may have 128 descriptors each, before an origin that takes its time. */
async function startSmallEdge(listenAs: ListenerKind = {}): Promise<{ readonly edge: RealEdge; readonly pid: number }> {
  const origin = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    message.resume();
    setTimeout(() => response.end('late'), 300);
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  undo.add(() => {
    origin.closeAllConnections();
    return new Promise((resolve) => origin.close(resolve));
  });
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  const edge = await startRealEdge({ workers: 1, descriptorsMax, options: { sites: { origin: url }, listenAs } });
  undo.add(() => edge.stop());
  await edge.until('the worker runs the site', async () => (await edge.status()).workers[0]?.versions?.sites === 1);
  return { edge, pid: (await edge.status()).workers[0]!.pid };
}

function admin(edge: RealEdge, path: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: dataFolder(edge.data).adminSocket, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function counted(edge: RealEdge, name: string, reason: string): Promise<number> {
  const samples = parsePrometheus((await admin(edge, '/metrics')).text);
  return samples.find((sample) => sample.name === name && sample.labels.reason === reason)?.value ?? Number.NaN;
}

/** CPU time that a process has used, ms. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

test('more visitors than descriptors: those that are in are served, the others turned away, and all is well when they leave', async () => {
  const { edge, pid } = await startSmallEdge();
  const quiet = openDescriptors(pid);
  const held = Array.from({ length: visitorsMax }, () => new Visitor(edge.port));
  assert.deepEqual(new Set(await Promise.all(held.map((visitor) => visitor.ask()))), new Set([200]));

  const crowd = Array.from({ length: 400 }, () => new Visitor(edge.port));
  await edge.until('the crowd is turned away', () => crowd.every(({ isClosed }) => isClosed), 10_000);
  // Somebody tries again all the time.
  const again = setInterval(() => new Visitor(edge.port), 50);
  undo.add(() => clearInterval(again));
  const cpuBefore = cpuMs(pid);
  const startedMs = performance.now();
  const statuses = new Set<number | 'closed'>();
  while (performance.now() < startedMs + 3_000) {
    for (const status of await Promise.all(held.map((visitor) => visitor.ask()))) statuses.add(status);
    await sleep(500);
  }
  const share = (cpuMs(pid) - cpuBefore) / (performance.now() - startedMs);
  clearInterval(again);
  assert.deepEqual(statuses, new Set([200]), 'every request of whoever was let in, all at the same time');
  assert.ok(share < 0.2, `${(share * 100).toFixed(1)} % of a core`);
  assert.equal((await admin(edge, '/readyz')).status, 200);
  assert.ok(openDescriptors(pid) < descriptorsMax);
  await edge.until(
    'they are counted',
    async () => (await counted(edge, 'holdfast_edge_rejections_total', 'connections-too-many')) >= 400,
    5_000,
  );

  for (const { socket } of held) socket.destroy();
  await edge.until('there is room again', async () => (await new Visitor(edge.port).ask()) === 200, 10_000);
  await edge.until(
    'what is left is kept for the next ones',
    () => openDescriptors(pid) <= quiet + visitorsMax + 2,
    10_000,
  );
  assert.equal((await edge.status()).workers[0]!.pid, pid);
  assert.deepEqual(
    edge.log.filter(({ event }) => /died|failed|refused/.test(event)),
    [],
  );
});

test('more HTTP/2 streams than descriptors: what finds none for an origin is told so, and the worker lives', async () => {
  const certificates = [makeCertificate(certificateFolder(undo), 'shop', ['shop.example'])];
  const { edge, pid } = await startSmallEdge({ tls: { certificates, http2: true } });
  const sessions = [1, 2].map(() => {
    const session = connectHttp2(`https://127.0.0.1:${edge.port}`, { rejectUnauthorized: false });
    session.on('error', () => {});
    undo.add(() => session.destroy());
    return session;
  });
  const ask = (index: number) =>
    new Promise<string>((resolve, reject) => {
      const stream = sessions[index % 2]!.request({ ':path': '/', ':authority': 'shop.example' });
      stream.on('error', reject);
      stream.on('response', (head) => {
        resolve(`${head[':status']} ${head['holdfast-error'] ?? ''}`);
        stream.resume();
      });
    });
  const answers = await Promise.all(Array.from({ length: 150 }, (_, index) => ask(index)));
  const served = answers.filter((answer) => answer === '200 ').length;
  assert.deepEqual(new Set(answers), new Set(['200 ', '503 upstream-busy']));
  assert.equal(served, connectionsMax - sessions.length);
  assert.equal(await ask(0), '200 ');
  assert.equal((await edge.status()).workers[0]!.pid, pid);
});
