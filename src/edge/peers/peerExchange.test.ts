import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { ClientWindows } from '../../bots/index.ts';
import { requestHead } from '../../http/index.ts';
import { systemClock } from '../../kernel/clock.ts';
import { silentLogger } from '../../kernel/log.ts';
import { seededRandom } from '../../kernel/random.ts';
import { ClientsTopic } from './clientsTopic.ts';
import { peerLimits } from './limits.ts';
import { PeerExchange } from './peerExchange.ts';
import { frameKinds, frameOf, headerBytes, helloOf, layout } from './peerFrames.ts';

const steps: (() => void)[] = [];
const undo = () => {
  for (const step of steps.splice(0).reverse()) step();
};
afterEach(undo);
after(undo);

function peersFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-peers-'));
  steps.push(() => rmSync(root, { recursive: true, force: true }));
  return join(root, 'peers');
}

function worker(folder: string, slot: number) {
  const windows = new ClientWindows({ clientsMax: 1_024 });
  const ports = { folder, slot, pid: process.pid, clock: systemClock, logger: silentLogger };
  const exchange = new PeerExchange({ ...ports, topics: [new ClientsTopic(windows)] });
  exchange.start();
  steps.push(() => exchange.close());
  const ask = (path: string, clientAddress = '192.0.2.1') => {
    const rawHeaders = ['Host', 'shop.example', 'User-Agent', 'One', 'Accept', 'text/html'];
    const head = requestHead({
      method: 'GET',
      target: path,
      version: '1.1',
      rawHeaders,
      scheme: 'http',
      clientAddress,
    });
    return windows.observe(head, systemClock.monotonicMs());
  };
  return { exchange, windows, ask, path: join(folder, `w${slot}-${process.pid}.sock`) };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`not within 20 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function workers(folder: string, count: number) {
  const all = Array.from({ length: count }, (_, index) => worker(folder, index + 1));
  await until('all know each other', () => all.every(({ exchange }) => exchange.peers === count - 1));
  return all;
}

async function connected(path: string): Promise<Socket> {
  const socket = connect(path);
  socket.on('error', () => {});
  steps.push(() => socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

for (const count of [2, 4]) {
  test(`one client of ${count} workers: its figures are those of one worker that met all of its requests`, async () => {
    const all = await workers(peersFolder(), count);
    const alone = new ClientWindows({ clientsMax: 16 });
    for (let index = 0; index < 40; index += 1) {
      const { ask } = all[index % count]!;
      const together = ask(`/item/${index}`);
      const rawHeaders = ['Host', 'shop.example', 'User-Agent', 'One', 'Accept', 'text/html'];
      const shape = { method: 'GET', target: `/item/${index}`, version: '1.1', scheme: 'http' } as const;
      const head = requestHead({ ...shape, rawHeaders, clientAddress: '192.0.2.1' });
      const expected = alone.observe(head, systemClock.monotonicMs());
      for (const name of ['requests60s', 'requests1h', 'clientRequests60s', 'documents60s', 'distinctPaths'] as const) {
        assert.equal(together[name], expected[name], name);
      }
      assert.equal(together.sequentialShare, expected.sequentialShare);
      assert.ok(Math.abs(together.ageS - expected.ageS) < 0.05);
      const heard = () => all.reduce((sum, { exchange }) => sum + exchange.counts.heard, 0);
      await until('all have heard of it', () => heard() === (index + 1) * (count - 1));
    }
  });
}

test('a new worker is told of the clients that were there, and forgotten ones leave nothing behind', async () => {
  const folder = peersFolder();
  const old = worker(folder, 1);
  for (let client = 0; client < 500; client += 1) {
    for (let index = 0; index < 3; index += 1) old.ask(`/${index}`, `198.51.${client >> 8}.${client & 255}`);
  }
  const fresh = worker(folder, 2);
  await until('all are known', () => fresh.exchange.counts.adopted === 1_000);
  const window = fresh.ask('/3', '198.51.1.7');
  assert.deepEqual([window.requests60s, window.clientRequests1h, window.distinctPaths], [4, 4, 4]);
  old.exchange.close();
  await until('the old one is forgotten', () => fresh.exchange.peers === 0);
  assert.equal(fresh.windows.isShared, false);
  assert.deepEqual(readdirSync(folder), [`w2-${process.pid}.sock`]);
});

test('any bytes from a peer: counted, cut off, and nobody is worse off', async () => {
  const [one] = await workers(peersFolder(), 2);
  const random = seededRandom(7);
  const rubbish = (length: number) => Uint8Array.from({ length }, () => Math.floor(random.next() * 256));
  const tooLong = Buffer.from([0xff, 0xff, 0xff, 0x7f, frameKinds.observations, layout, 0, 0]);
  const otherLayout = frameOf(frameKinds.observations, new Uint8Array(64));
  otherLayout[5] = layout + 1;
  const foreign = [
    rubbish(5_000),
    tooLong,
    otherLayout,
    frameOf(frameKinds.observations, rubbish(63)),
    frameOf(frameKinds.clients, rubbish(100)),
    frameOf(frameKinds.hello, Buffer.from('+../../etc/passwd')),
    frameOf(9 as 1, rubbish(8)),
  ];
  for (const [index, bytes] of foreign.entries()) {
    const socket = await connected(one!.path);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(bytes);
    await closed;
    assert.equal(one!.exchange.counts.lost.foreign, index + 1);
  }
  // What has the right shape is taken, whatever it says. 8,976 bytes are 33 addresses or 17 clients.
  const socket = await connected(one!.path);
  const nowMs = systemClock.monotonicMs();
  const observations = rubbish(64 * 200);
  const doubles = new Float64Array(observations.buffer);
  for (let index = 0; index < 200; index += 1) doubles[index * 8] = index % 2 === 0 ? nowMs : nowMs - 60_000;
  for (const kind of [frameKinds.addresses, frameKinds.clients]) socket.write(frameOf(kind, rubbish(8_976 * 10)));
  socket.write(frameOf(frameKinds.observations, observations));
  await until('they are counted', () => one!.exchange.counts.lost.late >= 100);
  assert.equal(one!.exchange.counts.heard, 100);
  for (let client = 0; client < 2_000; client += 1) {
    const window = one!.ask('/', `198.51.${client >> 8}.${client & 255}`);
    assert.ok(window.requests60s >= 1 && window.clientRequests60s >= 1);
  }
});

test('a frame may come in pieces of any size', async () => {
  const [one, two] = await workers(peersFolder(), 2);
  two!.windows.isShared = true;
  two!.ask('/a');
  const payload = two!.windows.takeObservations()!;
  const frame = frameOf(frameKinds.observations, payload);
  const socket = await connected(one!.path);
  for (const byte of [...frame, ...frame]) socket.write(Uint8Array.of(byte));
  await until('both are counted', () => one!.exchange.counts.heard === 2);
  assert.equal(headerBytes + payload.length, frame.length);
});

test('a peer that does not read loses observations, which are counted, and nobody waits for it', async () => {
  const folder = peersFolder();
  const one = worker(folder, 1);
  const frozen = createServer((socket) => socket.pause());
  const path = join(folder, 'w9-1.sock');
  await until('the folder is there', () => existsSync(folder));
  await new Promise<void>((resolve) => frozen.listen(path, resolve));
  steps.push(() => frozen.close());
  (await connected(one.path)).write(helloOf('w9-1.sock', false));
  await until('it is reached', () => one.exchange.peers === 1);
  for (let round = 0; one.exchange.counts.lost.slow === 0; round += 1) {
    assert.ok(round < 2_000);
    for (let index = 0; index < 2_000; index += 1) one.ask('/');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.ok(one.exchange.counts.told * 64 < 4 * peerLimits.waitingBytesMax);
  assert.ok(one.windows.lost >= 0);
});

test('what a killed worker left behind is cleared away; a folder that others write to is not used', async () => {
  const folder = peersFolder();
  const one = worker(folder, 1);
  await until('the folder is there', () => existsSync(one.path));
  const left = join(folder, 'w3-2147483647.sock');
  const server = createServer().listen(left);
  await new Promise((resolve) => server.once('listening', resolve));
  // A plain file in its place: nobody listens, as behind a killed process.
  await new Promise((resolve) => server.close(resolve));
  writeFileSync(left, '');
  await until('it is gone', () => !existsSync(left));

  const open = peersFolder();
  const first = worker(open, 1);
  await until('the folder is there', () => existsSync(first.path));
  chmodSync(open, 0o777);
  const second = worker(open, 2);
  assert.equal(existsSync(second.path), false);
  assert.equal(second.ask('/').requests60s, 1);
});
