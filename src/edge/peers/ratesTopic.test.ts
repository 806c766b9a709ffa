import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { ClientWindows } from '../../bots/index.ts';
import { requestHead } from '../../http/index.ts';
import { systemClock } from '../../kernel/clock.ts';
import { silentLogger } from '../../kernel/log.ts';
import { seededRandom } from '../../kernel/random.ts';
import { compileLimit, newsBytes, newsHeadBytes, Rates } from '../../rates/index.ts';
import { ClientsTopic } from './clientsTopic.ts';
import { PeerExchange } from './peerExchange.ts';
import { frameKinds, frameOf } from './peerFrames.ts';
import { RatesTopic } from './ratesTopic.ts';
import { sharedSecret } from './sharedSecret.ts';

const steps: (() => void)[] = [];
const undo = () => {
  for (const step of steps.splice(0).reverse()) step();
};
afterEach(undo);
after(undo);

/** So slow that no token comes in while a test runs. */
const limit = compileLimit({ rate: 1, perMs: 86_400_000, burst: 30 }, 'shop/rule');

function peersFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-rates-'));
  steps.push(() => rmSync(root, { recursive: true, force: true }));
  return join(root, 'peers');
}

/** A worker as the edge puts it together: clients first, then rates. */
function worker(folder: string, slot: number) {
  const windows = new ClientWindows({ clientsMax: 1_024 });
  const rates = new Rates({ secret: sharedSecret(folder), keysMax: 65_536 });
  const topic = new RatesTopic(rates);
  const topics = [new ClientsTopic(windows), topic] as const;
  const exchange = new PeerExchange({
    folder,
    slot,
    pid: process.pid,
    topics,
    clock: systemClock,
    logger: silentLogger,
  });
  exchange.start();
  steps.push(() => exchange.close());
  const take = (key: number, requests: number) => {
    let admitted = 0;
    for (let request = 0; request < requests; request += 1) {
      if (rates.take(limit, key, key + 1, systemClock.monotonicMs())) admitted += 1;
    }
    return admitted;
  };
  return { exchange, rates, windows, take, counts: topic.counts, path: join(folder, `w${slot}-${process.pid}.sock`) };
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

test('workers spend of one bucket, whichever of them meets a request, and tell of clients beside it', async () => {
  const all = await workers(peersFolder(), 4);
  const heard = () => all.reduce((sum, { counts }) => sum + counts.heard, 0);
  let admitted = 0;
  for (let round = 0; round < 8; round += 1) {
    const before = heard();
    const now = all[round % 4]!.take(7, 5);
    admitted += now;
    assert.equal(now, round < 6 ? 5 : 0);
    if (now > 0) await until('all have heard of it', () => heard() >= before + 3);
  }
  assert.equal(admitted, 30);
  for (const { take } of all) assert.equal(take(8, 1), 1);

  const rawHeaders = ['Host', 'shop.example', 'User-Agent', 'One'];
  const shape = { method: 'GET', target: '/', version: '1.1', scheme: 'http', clientAddress: '192.0.2.1' } as const;
  all[0]!.windows.observe(requestHead({ ...shape, rawHeaders }), systemClock.monotonicMs());
  await until('the client is known', () =>
    all.every(({ exchange }, index) => index === 0 || exchange.counts.heard === 1),
  );
  assert.equal(all[1]!.counts.lost.foreign + all[1]!.exchange.counts.lost.foreign, 0);
});

test('what all admit at the same time is owed by all', async () => {
  const all = await workers(peersFolder(), 4);
  // Nobody could have heard: 20 each pass, 80 of 30.
  assert.deepEqual(
    all.map(({ take }) => take(7, 20)),
    [20, 20, 20, 20],
  );
  await until('all have heard of it', () => all.every(({ counts }) => counts.heard === 3));
  const { rates } = all[0]!;
  assert.equal(rates.take(limit, 7, 8, systemClock.monotonicMs()), false);
  // 51 days until there is one again: the fifty that were too many, and that one.
  assert.ok(Math.abs(rates.msUntilNext / 86_400_000 - 51) < 0.01, `${rates.msUntilNext / 86_400_000}`);
});

test('a worker that starts is told who is limited; when the last peer goes, nothing more is kept for others', async () => {
  const folder = peersFolder();
  const old = worker(folder, 1);
  for (let key = 0; key < 1_000; key += 1) assert.equal(old.take(key, 31), 30);
  const fresh = worker(folder, 2);
  await until('all are known', () => fresh.counts.adopted === 1_000);
  for (let key = 0; key < 1_000; key += 1) assert.equal(fresh.take(key, 1), 0);
  assert.equal(fresh.take(5_000, 31), 30);
  old.exchange.close();
  await until('the old one is forgotten', () => fresh.exchange.peers === 0);
  assert.equal(fresh.rates.isShared, false);
});

test('any bytes from a peer: counted, cut off, and nobody is limited for them', async () => {
  const [one] = await workers(peersFolder(), 2);
  const random = seededRandom(7);
  const rubbish = (length: number) => Uint8Array.from({ length }, () => Math.floor(random.next() * 256));
  const foreign = [
    frameOf(frameKinds.rateNews, rubbish(newsHeadBytes + newsBytes - 1)),
    frameOf(frameKinds.rateNews, rubbish(0)),
    frameOf(frameKinds.rateStates, rubbish(15)),
  ];
  for (const [index, bytes] of foreign.entries()) {
    const socket = await connected(one!.path);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(bytes);
    await closed;
    assert.equal(one!.exchange.counts.lost.foreign, index + 1);
  }
  // What has the right shape is looked at, whatever it says.
  const socket = await connected(one!.path);
  for (let round = 0; round < 20; round += 1) socket.write(frameOf(frameKinds.rateStates, rubbish(16 * 4_000)));
  for (let round = 0; round < 20; round += 1) {
    socket.write(frameOf(frameKinds.rateNews, rubbish(newsHeadBytes + newsBytes * 1_000)));
  }
  await until('it was looked at', () => one!.counts.lost.late === 20_000);
  assert.equal(one!.counts.heard, 0);
  for (let key = 0; key < 200; key += 1) assert.equal(one!.take(key, 31), 30);
});
