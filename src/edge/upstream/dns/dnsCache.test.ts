import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { seededRandom } from '../../../kernel/random.ts';
import { MadeUpClock } from '../../../kernel/testing/madeUpClock.ts';
import { DnsCache } from './dnsCache.ts';
import { type DnsAnswer, systemDns } from './dnsResolver.ts';
import { dnsLimits } from './limits.ts';

/** A name server whose answers a test sets and lets go. */
class World {
  readonly clock = new MadeUpClock();
  readonly asked: string[] = [];
  answer: DnsAnswer | Error = { addresses: [{ address: '10.0.0.1', family: 4 }], ttlMs: 60_000 };
  readonly cache = new DnsCache(
    async (host) => {
      this.asked.push(host);
      if (this.answer instanceof Error) throw this.answer;
      return this.answer;
    },
    this.clock,
    seededRandom(1),
  );

  /** What a connection gets; 'waits': nothing yet. */
  now(host = 'app.example'): string {
    let told = 'waits';
    this.cache.resolve(host, (error, addresses) => {
      told = error?.message ?? addresses.map(({ address }) => address).join(' ');
    });
    return told;
  }

  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const failure = Object.assign(new Error('SERVFAIL'), { code: 'ESERVFAIL' });

test('the first waits, all others of the moment wait with it, and then nobody does', async () => {
  const world = new World();
  const told: string[] = [];
  for (let time = 0; time < 100; time++) {
    world.cache.resolve('app.example', (_error, addresses) => told.push(addresses[0]!.address));
  }
  assert.deepEqual(told, []);
  await world.settle();
  assert.equal(told.length, 100);
  assert.equal(world.asked.length, 1);
  assert.equal(world.now(), '10.0.0.1');
});

test('asked again before the time is over, and never waited for', async () => {
  const world = new World();
  world.now();
  await world.settle();
  world.clock.nowMs += 40_000;
  world.cache.refreshDue();
  assert.equal(world.asked.length, 1);
  world.answer = { addresses: [{ address: '10.0.0.2', family: 4 }], ttlMs: 60_000 };
  world.clock.nowMs += 10_000;
  world.cache.refreshDue();
  assert.equal(world.asked.length, 2);
  assert.equal(world.now(), '10.0.0.1');
  await world.settle();
  assert.equal(world.now(), '10.0.0.2');
});

test('the last good answer stays while asking fails, for hours', async () => {
  const world = new World();
  world.now();
  await world.settle();
  world.answer = failure;
  for (let round = 0; round < 1_000; round++) {
    world.clock.nowMs += 10_000;
    world.cache.refreshDue();
    assert.equal(world.now(), '10.0.0.1');
    await world.settle();
  }
  assert.ok(world.asked.length > 900 && world.cache.state().failed === world.asked.length - 1);
  world.answer = { addresses: [{ address: '10.0.0.9', family: 4 }], ttlMs: 60_000 };
  world.clock.nowMs += 10_000;
  world.cache.refreshDue();
  await world.settle();
  assert.equal(world.now(), '10.0.0.9');
});

test('a name that is unknown fails at once for a while, and is asked for anew after it', async () => {
  const world = new World();
  world.answer = failure;
  assert.equal(world.now(), 'waits');
  await world.settle();
  for (let time = 0; time < 50; time++) assert.equal(world.now(), 'SERVFAIL');
  assert.equal(world.asked.length, 1);
  world.clock.nowMs += dnsLimits.failedHoldMs;
  assert.equal(world.now(), 'waits');
  assert.equal(world.asked.length, 2);
});

test('a TTL of 0 is some seconds, one of a week is an hour', async () => {
  for (const [ttlMs, leastMs, mostMs] of [
    [0, 3_500, 5_000],
    [7 * 86_400_000, 2_500_000, 3_600_000],
    [undefined, 21_000, 30_000],
  ] as const) {
    const world = new World();
    world.answer = { addresses: [{ address: '10.0.0.1', family: 4 }], ttlMs };
    world.cache.keep(['app.example']);
    await world.settle();
    world.clock.nowMs += leastMs;
    world.cache.refreshDue();
    assert.equal(world.asked.length, 1, `${ttlMs}`);
    world.clock.nowMs += mostMs - leastMs;
    world.cache.refreshDue();
    assert.equal(world.asked.length, 2, `${ttlMs}`);
  }
});

test('addresses take turns, and all are always there', async () => {
  const world = new World();
  const three = ['10.0.0.1', '10.0.0.2', '::3'];
  world.answer = { addresses: three.map((address) => ({ address, family: address === '::3' ? 6 : 4 })), ttlMs: 60_000 };
  world.now();
  await world.settle();
  const firsts = Array.from({ length: 9 }, () => world.now().split(' '));
  for (const each of firsts) assert.deepEqual([...each].sort(), three);
  for (const address of three) assert.equal(firsts.filter(([first]) => first === address).length, 3);
});

test('names of sites are asked for at once and kept fresh unused; others are forgotten', async () => {
  const world = new World();
  world.cache.keep(['a.example', 'b.example']);
  assert.deepEqual(world.asked, ['a.example', 'b.example']);
  world.now('c.example');
  await world.settle();
  assert.equal(world.cache.state().names, 3);
  world.clock.nowMs += dnsLimits.nameUnusedMs;
  world.cache.refreshDue();
  await world.settle();
  assert.equal(world.cache.state().names, 2);
  assert.equal(world.asked.filter((host) => host === 'a.example').length, 2);
  world.cache.keep(['b.example']);
  world.clock.nowMs += dnsLimits.nameUnusedMs;
  world.cache.refreshDue();
  assert.equal(world.cache.state().names, 1);
});

test('however many names are asked for: so many are held, and so many refreshed at a time', async () => {
  const world = new World();
  world.cache.keep(['kept.example']);
  for (let index = 0; index < 3 * dnsLimits.namesMax; index++) {
    world.clock.nowMs += 1;
    world.now(`n${index}.example`);
  }
  await world.settle();
  assert.equal(world.cache.state().names, dnsLimits.namesMax);
  const before = world.asked.length;
  assert.equal(world.now('kept.example'), '10.0.0.1');
  world.clock.nowMs += 100_000;
  world.cache.refreshDue();
  assert.equal(world.asked.length - before, dnsLimits.refreshesMax);
});

test('a socket connects by it, whatever family it asks for', async () => {
  const server = createServer((socket) => socket.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const world = new World();
  world.answer = { addresses: [{ address: '127.0.0.1', family: 4 }], ttlMs: 60_000 };
  for (const options of [{}, { family: 4 }, { autoSelectFamily: false }]) {
    const socket = connect({ host: 'app.example', port, lookup: world.cache.lookup, ...options });
    const bytes = await socket.toArray();
    assert.equal(Buffer.concat(bytes).toString(), 'hello');
  }
  const refused = connect({ host: 'app.example', port, lookup: world.cache.lookup, family: 6 });
  const [error] = (await new Promise((resolve) => refused.once('error', (...args) => resolve(args)))) as [Error];
  assert.match(error.message, /no address of the wanted family/);
  assert.equal(world.asked.length, 1);
  server.close();
});

/** A name server on loopback that knows one name; all else does not exist. */
async function nameServer(known: string, ttlS: number) {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    let at = 12;
    const labels: string[] = [];
    while (query[at]! > 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
      at += 1 + query[at]!;
    }
    const question = query.subarray(12, at + 5);
    const type = query.readUInt16BE(at + 1);
    asked.push(`${labels.join('.')} ${type}`);
    const isKnown = labels.join('.') === known;
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, ttlS, 0, 4, 10, 1, 2, 3]);
    const answers = isKnown && type === 1 ? [answer] : [];
    const header = Buffer.from([
      query[0]!,
      query[1]!,
      0x81,
      isKnown ? 0x80 : 0x83,
      0,
      1,
      0,
      answers.length,
      0,
      0,
      0,
      0,
    ]);
    socket.send(Buffer.concat([header, question, ...answers]), peer.port, peer.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { asked, server: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

test('name servers say addresses and TTL; the hosts file and localhost come before them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-hosts-'));
  const hostsPath = join(folder, 'hosts');
  const { asked, server, close } = await nameServer('app.known.invalid', 7);
  try {
    writeFileSync(hostsPath, '# known: app.known.invalid\n127.0.0.1 other\n');
    const ask = systemDns({ hostsPath, servers: [server] });
    assert.deepEqual(await ask('app.known.invalid'), { addresses: [{ address: '10.1.2.3', family: 4 }], ttlMs: 7_000 });
    assert.deepEqual(asked.sort(), ['app.known.invalid 1', 'app.known.invalid 28']);
    await assert.rejects(ask('app.unknown.invalid'));
    assert.equal(asked.length, 4);

    const local = await ask('localhost');
    assert.ok(local.addresses.some(({ address }) => address === '127.0.0.1'));
    assert.equal(local.ttlMs, undefined);
    // Named in the file: no name server is asked. The system's own file does not have it, so it is not found.
    writeFileSync(hostsPath, '10.9.9.9 other App.Known.Invalid # more\n');
    await assert.rejects(ask('app.known.invalid'));
    assert.equal(asked.length, 4);
  } finally {
    close();
    rmSync(folder, { recursive: true });
  }
});
