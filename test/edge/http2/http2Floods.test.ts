import assert from 'node:assert/strict';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import type { WorkerHealth } from '../../../src/contract/processMessages.ts';
import {
  data,
  type Field,
  flag,
  frame,
  frameReader,
  frameType,
  headerBlock,
  headers,
  preface,
  requestFields,
  reset,
} from '../../smuggling/rawHttp2.ts';
import { certificateFolder, makeCertificate } from '../certificateFiles.ts';
import { site, startOrigin, Undo } from '../harness.ts';
import { rssOf, startWorkerProcess, type WorkerProcess } from '../workerProcess.ts';

/*
 * Floods of HTTP/2 against a worker in a process of its own, in frames by hand. Each must end or be bounded, in memory as
 * well, while another visitor is served as ever.
 */

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const mebibyte = 1 << 20;
const request = requestFields('GET', '/flood');
const upload = requestFields('POST', '/flood');
const whole = flag.endHeaders | flag.endStream;

interface Flood {
  readonly says: string;
  /** The flood's pieces, from the first one; each is written when there is room for it. */
  readonly pieces: () => Iterable<Buffer>;
  /** What the worker's memory may grow by while it lasts. */
  readonly growthMiBMax: number;
  /** Requests of it that the edge may act upon at most. */
  readonly requestsMax: number;
  /** Whether the session is ended, and counted as broken. */
  readonly ends: boolean;
  /** The attacker reads nothing. */
  readonly isDeaf?: boolean;
  /** Milliseconds between pieces. */
  readonly pauseMs?: number;
}

function* times(count: number, made: (index: number) => Buffer): Iterable<Buffer> {
  for (let index = 0; index < count; index += 100) {
    yield Buffer.concat(Array.from({ length: Math.min(100, count - index) }, (_, more) => made(index + more)));
  }
}
const streamOf = (index: number) => index * 2 + 1;
const widen = (index: number, by: number) => {
  const increment = Buffer.alloc(4);
  increment.writeUInt32BE(by);
  return frame(frameType.windowUpdate, 0, streamOf(index), increment);
};
const openAndWiden = (index: number, by: number) =>
  Buffer.concat([headers(streamOf(index), request, whole), widen(index, by)]);
const ping = frame(frameType.ping, 0, 0, Buffer.alloc(8));
/** SETTINGS_MAX_FRAME_SIZE as it is by default: nothing changes, and it must be acknowledged. */
const settings = frame(frameType.settings, 0, 0, Buffer.from([0, 5, 0, 0, 0x40, 0]));
const noWindow = frame(frameType.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));

const floods: readonly Flood[] = [
  {
    says: 'rapid reset: 10,000 streams opened and reset',
    pieces: () =>
      times(10_000, (index) => Buffer.concat([headers(streamOf(index), request, whole), reset(streamOf(index))])),
    growthMiBMax: 24,
    requestsMax: 400,
    ends: true,
  },
  {
    says: 'slow reset: 10,000 streams, each reset once it is on its way to the origin',
    *pieces() {
      for (let index = 0; index < 10_000; index += 100) {
        yield* times(100, (more) => headers(streamOf(index + more), request, whole));
        yield* times(100, (more) => reset(streamOf(index + more)));
      }
    },
    growthMiBMax: 64,
    requestsMax: 1_000,
    ends: true,
    pauseMs: 10,
  },
  {
    says: 'streams that the server is made to reset, by windows of nothing',
    pieces: () => times(10_000, (index) => openAndWiden(index, 0)),
    growthMiBMax: 24,
    requestsMax: 400,
    ends: true,
  },
  {
    says: 'streams that the server is made to reset, by windows too wide',
    pieces: () => times(10_000, (index) => openAndWiden(index, 0x7fffffff)),
    growthMiBMax: 24,
    requestsMax: 400,
    ends: true,
  },
  {
    says: 'streams that the server is made to reset once they are on their way, by windows too wide',
    *pieces() {
      for (let index = 0; index < 10_000; index += 100) {
        yield* times(100, (more) => headers(streamOf(index + more), request, whole));
        yield* times(100, (more) => widen(index + more, 0x7fffffff));
      }
    },
    growthMiBMax: 48,
    requestsMax: 1_000,
    ends: true,
    pauseMs: 10,
  },
  {
    says: 'continuation flood: a header block without an end, 64 MiB',
    *pieces() {
      yield headers(1, request, 0);
      const more = headerBlock([['x', 'y'.repeat(16_000)]]);
      yield* times(4_096, () => frame(frameType.continuation, 0, 1, more));
    },
    growthMiBMax: 24,
    requestsMax: 0,
    ends: true,
  },
  {
    says: 'continuation flood of empty frames',
    *pieces() {
      yield headers(1, request, 0);
      yield* times(200_000, () => frame(frameType.continuation, 0, 1));
    },
    growthMiBMax: 24,
    requestsMax: 0,
    ends: true,
  },
  {
    says: 'settings flood, 200,000 frames, acknowledgements unread',
    pieces: () => times(200_000, () => settings),
    growthMiBMax: 24,
    requestsMax: 0,
    ends: true,
    isDeaf: true,
  },
  {
    says: 'ping flood, 200,000 frames, acknowledgements unread',
    pieces: () => times(200_000, () => ping),
    growthMiBMax: 24,
    requestsMax: 0,
    ends: true,
    isDeaf: true,
  },
  {
    says: 'empty DATA flood, 200,000 frames',
    *pieces() {
      yield headers(1, upload);
      yield* times(200_000, () => data(1, ''));
    },
    growthMiBMax: 24,
    requestsMax: 1,
    ends: true,
  },
  {
    says: 'bodies in 400,000 frames of one octet, while the origin is asked whether it wants them',
    *pieces() {
      const expecting: readonly Field[] = [...upload, ['expect', '100-continue']];
      yield* times(2, (index) => headers(streamOf(index), expecting));
      for (let index = 0; index < 2; index++) yield* times(200_000, () => data(streamOf(index), 'x'));
    },
    growthMiBMax: 32,
    requestsMax: 2,
    ends: false,
  },
  {
    says: 'header bomb: 16 KiB on the wire name 64 MiB of fields, 200 times',
    *pieces() {
      const entry = Buffer.concat([Buffer.from([0x40]), headerBlock([['x', 'y'.repeat(4_000)]]).subarray(1)]);
      const references = Buffer.alloc(12_000, 0xbe);
      for (let index = 0; index < 200; index++) {
        const block = index === 0 ? [headerBlock(request), entry, references] : [headerBlock(request), references];
        yield frame(frameType.headers, whole, streamOf(index), Buffer.concat(block));
      }
    },
    growthMiBMax: 24,
    requestsMax: 0,
    ends: false,
  },
  {
    says: 'PRIORITY and WINDOW_UPDATE flood, 200,000 frames',
    pieces: () =>
      times(200_000, (index) =>
        index % 2 === 0
          ? frame(frameType.priority, 0, streamOf(index), Buffer.from([0, 0, 0, 0, 16]))
          : frame(frameType.windowUpdate, 0, 0, Buffer.from([0, 0, 0, 1])),
      ),
    growthMiBMax: 24,
    requestsMax: 0,
    ends: false,
  },
  {
    says: 'a reader without a window: 128 answers of 4 MiB that nobody takes',
    *pieces() {
      yield noWindow;
      yield* times(128, (index) => headers(streamOf(index), request, whole));
    },
    growthMiBMax: 64,
    requestsMax: 128,
    ends: false,
  },
];

for (const flood of floods) {
  test(flood.says, { timeout: 60_000 }, async (context) => {
    const worker = await arrange();
    const other = openOther(worker.port);
    await askOther(other);
    const before = await worker.health();
    const startBytes = rssOf(worker.pid);
    let isOver = false;
    let peakBytes = startBytes;
    const watched = watchOther(
      other,
      () => isOver,
      () => {
        peakBytes = Math.max(peakBytes, rssOf(worker.pid));
      },
    );
    const ended = await attack(worker.port, flood);
    await sleep(300);
    isOver = true;
    const { slowestMs, asked } = await watched;
    const health = await worker.health();
    const growthMiB = Math.round((peakBytes - startBytes) / mebibyte);
    const counted = brokenSessions(health) - brokenSessions(before);
    const requests = health.requests - before.requests - asked;
    const figures = { growthMiB, slowestMs: Math.round(slowestMs), requests, ended, counted };
    context.diagnostic(JSON.stringify(figures));
    assert.ok(growthMiB <= flood.growthMiBMax, `memory grew by ${growthMiB} MiB`);
    assert.ok(requests <= flood.requestsMax, `${requests} requests of it were acted upon`);
    assert.ok(slowestMs < 2_000, `another visitor waited ${slowestMs} ms`);
    if (flood.ends) assert.deepEqual([ended, counted], [true, 1]);
    assert.equal(worker.child.exitCode, null);
    await askOther(openOther(worker.port));
  });
}

function brokenSessions({ rejected }: WorkerHealth): number {
  return rejected['http2-error'] ?? 0;
}

async function arrange(): Promise<WorkerProcess> {
  const large = Buffer.alloc(4 * mebibyte, 'x');
  const { server, url } = await startOrigin(undo, (message, response) => {
    message.resume();
    response.end(message.url === '/flood' ? large : 'hello');
  });
  // It leaves the question whether it wants a body unanswered.
  server.on('checkContinue', (message) => message.resume());
  const certificates = [makeCertificate(certificateFolder(undo), 'shop', ['shop.example'])];
  const sites = { schema: 1 as const, sites: [site(url)] };
  return startWorkerProcess(undo, sites, { listenAs: { tls: { certificates, http2: true } } });
}

/** true: the edge ended the connection; false: it took everything, or stopped reading for good. */
function attack(port: number, flood: Flood): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { port, host: '127.0.0.1', servername: 'shop.example', ALPNProtocols: ['h2'] };
    const socket: TLSSocket = connect({ ...options, rejectUnauthorized: false }, () => {
      socket.write(preface);
      void write();
    });
    if (flood.isDeaf === true) socket.pause();
    else
      socket.on(
        'data',
        frameReader(({ type }) => {
          if (type === frameType.goAway) finish(true);
        }),
      );
    socket.on('error', () => {});
    socket.on('close', () => finish(true));
    undo.add(() => socket.destroy());
    const finish = (hasEnded: boolean) => resolve(hasEnded);
    const write = async () => {
      for (const piece of flood.pieces()) {
        if (socket.destroyed) return;
        if (!socket.write(piece)) await Promise.race([new Promise((room) => socket.once('drain', room)), sleep(3_000)]);
        if (socket.writableLength > mebibyte) break;
        if (flood.pauseMs !== undefined) await sleep(flood.pauseMs);
      }
      await sleep(1_000);
      finish(socket.destroyed);
    };
  });
}

function openOther(port: number): ClientHttp2Session {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, servername: 'shop.example' });
  session.on('error', () => {});
  undo.add(() => session.destroy());
  return session;
}

/** Milliseconds until another visitor has his answer. */
function askOther(session: ClientHttp2Session): Promise<number> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': '/other', ':authority': 'shop.example' });
    let text = '';
    stream.setEncoding('latin1').on('data', (more: string) => {
      text += more;
    });
    stream.on('error', reject);
    stream.on('end', () => (text === 'hello' ? resolve(performance.now() - startedMs) : reject(new Error(text))));
  });
}

/** Asks again and again; the longest wait, in milliseconds, and how often it asked. */
async function watchOther(session: ClientHttp2Session, isOver: () => boolean, look: () => void) {
  let slowestMs = 0;
  let asked = 0;
  while (!isOver()) {
    slowestMs = Math.max(slowestMs, await askOther(session));
    asked += 1;
    look();
    await sleep(10);
  }
  return { slowestMs, asked };
}
