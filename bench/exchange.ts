// What it costs that one client is one client over all workers, by design and number of workers:
// `node tools/node.js bench/exchange.ts`. Prints µs of CPU per request, all processes together, above workers that know their own
// visitors alone; and how old an observation is when another worker counts it.
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClientWindows, ObservationBatch, observationBytes } from '../src/bots/index.ts';
import { ClientsTopic, PeerExchange } from '../src/edge/peers/index.ts';
import { requestHead } from '../src/http/index.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { silentLogger } from '../src/kernel/log.ts';
import { seededRandom } from '../src/kernel/random.ts';

const designs = ['alone', 'all tell all', 'through the parent', 'owner'] as const;
type Design = (typeof designs)[number];
/** Of each worker: 1,000, 5,000 and 20,000 requests a second. */
const perTicks = [8, 40, 160];
const tickMs = 8;
const ticks = 600;
const batchMs = 10;
/** What an owner sends back of one client: its key, its state and its address's. */
const stateBytes = 16 + 512 + 256;
const self = fileURLToPath(import.meta.url);

if (process.argv[2] === 'worker')
  await work(
    process.argv[3] as Design,
    Number(process.argv[4]),
    Number(process.argv[5]),
    process.argv[6]!,
    Number(process.argv[7]),
  );
else await measureAll();

async function measureAll(): Promise<void> {
  const loads = [...perTicks.map((perTick) => ({ workers: 2, perTick })), { workers: 4, perTick: 40 }];
  for (const { workers, perTick } of loads) {
    const alone = await measure('alone', workers, perTick);
    const rate = (perTick * 1_000) / tickMs;
    process.stdout.write(
      `${workers} workers with ${rate} requests a second each: alone ${alone.us.toFixed(2)} µs per request\n`,
    );
    for (const design of designs.slice(1)) {
      const { us, ages } = await measure(design, workers, perTick);
      ages.sort((one, other) => one - other);
      const age = (share: number) => ages[Math.floor(ages.length * share)]?.toFixed(1) ?? '-';
      process.stdout.write(
        `  ${design.padEnd(20)} +${(us - alone.us).toFixed(2)} µs; age p50 ${age(0.5)} ms, p99 ${age(0.99)} ms\n`,
      );
    }
  }
  shareFile();
}

/** The states in a file in memory, read and written in place: two system calls per request, and no lock between workers. */
function shareFile(): void {
  const folder = mkdtempSync('/dev/shm/holdfast-');
  const file = openSync(join(folder, 'states'), 'w+');
  const state = new Uint8Array(stateBytes);
  writeSync(file, state, 0, stateBytes, 100 * stateBytes);
  const rounds = 200_000;
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    readSync(file, state, 0, stateBytes, (round % 100) * stateBytes);
    writeSync(file, state, 0, stateBytes, (round % 100) * stateBytes);
  }
  const { user, system } = process.cpuUsage(before);
  closeSync(file);
  rmSync(folder, { recursive: true });
  process.stdout.write(`any workers, a file in memory: +${((user + system) / rounds).toFixed(2)} µs\n`);
}

async function measure(design: Design, workers: number, perTick: number): Promise<{ us: number; ages: number[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-exchange-'));
  const children: ChildProcess[] = [];
  const done: { us: number; ages: number[] }[] = [];
  let ready = 0;
  const over = Promise.withResolvers<void>();
  let before = process.cpuUsage();
  for (let slot = 1; slot <= workers; slot += 1) {
    const child = fork(self, ['worker', design, String(slot), String(workers), folder, String(perTick)], {
      serialization: 'advanced',
    });
    children.push(child);
    child.on('message', (message: { ready?: true; bytes?: Uint8Array; us?: number; ages?: number[] }) => {
      if (message.bytes !== undefined) {
        for (const other of children) if (other !== child) other.send({ bytes: message.bytes });
      } else if (message.ready) {
        ready += 1;
        if (ready < workers) return;
        before = process.cpuUsage();
        for (const one of children) one.send({ go: true });
      } else {
        done.push({ us: message.us!, ages: message.ages! });
        if (done.length === workers) over.resolve();
      }
    });
  }
  await over.promise;
  const parent = process.cpuUsage(before);
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  const spent = done.reduce(
    (sum, { us }) => sum + us,
    design === 'through the parent' ? parent.user + parent.system : 0,
  );
  return { us: spent / (workers * ticks * perTick), ages: done.flatMap(({ ages }) => ages) };
}

async function work(design: Design, slot: number, workers: number, folder: string, perTick: number): Promise<void> {
  const windows = new ClientWindows();
  const random = seededRandom(slot);
  const ages: number[] = [];
  const count = (bytes: Uint8Array<ArrayBuffer>) => {
    const batch = ObservationBatch.over(bytes);
    const observations = bytes.length / observationBytes;
    const nowMs = systemClock.monotonicMs();
    for (let index = 0; index < observations; index += 8) ages.push(nowMs - batch.doubles[index * 8]!);
    windows.countAll(batch, observations, nowMs);
  };
  if (design === 'all tell all') {
    const ports = {
      folder: join(folder, 'peers'),
      slot,
      pid: process.pid,
      topics: [new ClientsTopic(windows)] as const,
      clock: systemClock,
      logger: silentLogger,
    };
    const counted = windows.countAll.bind(windows);
    windows.countAll = (batch, observations, nowMs) => {
      for (let index = 0; index < observations; index += 8) ages.push(nowMs - batch.doubles[index * 8]!);
      return counted(batch, observations, nowMs);
    };
    const exchange = new PeerExchange(ports);
    exchange.start();
    while (exchange.peers < workers - 1) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (design === 'through the parent') {
    windows.isShared = true;
    process.on('message', ({ bytes }: { bytes?: Uint8Array }) => {
      if (bytes !== undefined) count(Uint8Array.from(bytes));
    });
    const timer = setInterval(() => {
      const bytes = windows.takeObservations();
      if (bytes !== undefined) process.send!({ bytes });
    }, batchMs);
    timer.unref();
  }
  if (design === 'owner') await owners(windows, slot, workers, folder, count);

  const heads = Array.from({ length: 2_000 }, (_, index) =>
    requestHead({
      method: 'GET',
      target: `/item/${index}`,
      version: '1.1',
      rawHeaders: [
        'Host',
        'shop.example',
        'User-Agent',
        `Mozilla/5.0 (X11; Linux x86_64) Chrome/${100 + (index % 40)}`,
        'Accept',
        'text/html',
      ],
      scheme: 'https',
      clientAddress: `10.0.${index % 4}.${index % 250}`,
    }),
  );
  for (const head of heads) for (let warm = 0; warm < 20; warm += 1) windows.observe(head, systemClock.monotonicMs());
  windows.takeObservations();
  process.send!({ ready: true });
  await new Promise<void>((resolve) => {
    process.on('message', ({ go }: { go?: true }) => {
      if (go) resolve();
    });
  });
  const before = process.cpuUsage();
  ages.length = 0;
  await new Promise<void>((resolve) => {
    let done = 0;
    const timer = setInterval(() => {
      for (let index = 0; index < perTick; index += 1) {
        const head = heads[Math.floor(random.next() * heads.length)]!;
        windows.observe(head, systemClock.monotonicMs());
        windows.recordAnswer(head, { status: 200 }, systemClock.monotonicMs());
      }
      done += perTick;
      if (done < ticks * perTick) return;
      clearInterval(timer);
      setTimeout(resolve, 200);
    }, tickMs);
  });
  const { user, system } = process.cpuUsage(before);
  process.send!({ us: user + system, ages: ages.slice(0, 20_000) });
  setInterval(() => {}, 1_000);
}

/** Each client's state lives with one worker: it hears what the others saw and sends the new state back once per batch and client. */
async function owners(
  windows: ClientWindows,
  slot: number,
  workers: number,
  folder: string,
  count: (bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  windows.isShared = true;
  const states = new Uint8Array(4_096 * stateBytes);
  let place = 0;
  const framed = (socket: Socket, onPayload: (kind: number, payload: Buffer) => void) => {
    let waiting: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      waiting = waiting.length === 0 ? (chunk as Buffer) : Buffer.concat([waiting, chunk as Buffer]);
      while (waiting.length >= 8 && waiting.length >= 8 + waiting.readUInt32LE(0)) {
        const end = 8 + waiting.readUInt32LE(0);
        onPayload(waiting[4]!, waiting.subarray(8, end));
        waiting = waiting.subarray(end);
      }
    });
    socket.on('error', () => {});
  };
  const write = (socket: Socket, kind: number, payload: Uint8Array) => {
    const frame = Buffer.allocUnsafe(8 + payload.length);
    frame.writeUInt32LE(payload.length, 0);
    frame[4] = kind;
    frame.set(payload, 8);
    socket.write(frame);
  };
  createServer((socket) =>
    framed(socket, (_, payload) => {
      const bytes = Uint8Array.from(payload);
      count(bytes);
      const words = new Uint32Array(bytes.buffer);
      const touched = new Set<number>();
      for (let at = 0; at < words.length; at += 16) touched.add(words[at + 3]! ^ words[at + 4]!);
      write(socket, 2, states.subarray(0, Math.min(touched.size, 4_096) * stateBytes));
    }),
  ).listen(join(folder, `${slot}.sock`));
  const sockets = new Map<number, Socket>();
  while (sockets.size < workers - 1) {
    for (let other = 1; other <= workers; other += 1) {
      if (other === slot || sockets.has(other)) continue;
      const socket = createConnection(join(folder, `${other}.sock`));
      const isOpen = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      });
      if (!isOpen) continue;
      sockets.set(other, socket);
      framed(socket, (_, payload) => {
        for (let at = 0; at < payload.length; at += stateBytes, place = (place + 1) % 4_096) {
          states.set(payload.subarray(at, at + stateBytes), place * stateBytes);
        }
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const timer = setInterval(() => {
    const bytes = windows.takeObservations();
    if (bytes === undefined) return;
    const parts = new Map<number, Uint8Array[]>();
    const words = new Uint32Array(bytes.buffer);
    for (let at = 0; at < words.length; at += 16) {
      const owner = (((words[at + 3]! ^ words[at + 4]!) >>> 7) % workers) + 1;
      if (owner === slot) continue;
      const list = parts.get(owner) ?? [];
      list.push(bytes.subarray(at * 4, at * 4 + observationBytes));
      parts.set(owner, list);
    }
    for (const [owner, list] of parts) write(sockets.get(owner)!, 1, Buffer.concat(list));
  }, batchMs);
  timer.unref();
}
