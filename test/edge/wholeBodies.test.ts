import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import type { Exchange } from '../../src/edge/exchange/exchange.ts';
import { HttpListener } from '../../src/edge/listen/httpListener.ts';
import { TrustedPeers } from '../../src/edge/listen/trustedPeers.ts';
import { Deadlines } from '../../src/edge/sockets/deadlines.ts';
import { socketLimits } from '../../src/edge/sockets/limits.ts';
import { ReadMemory } from '../../src/edge/sockets/readMemory.ts';
import { Turns } from '../../src/edge/sockets/turns.ts';
import { fieldNumber } from '../../src/http/index.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { certificateFolder, makeCertificate } from './certificateFiles.ts';
import { site, startEdge, startRawOrigin, Undo } from './harness.ts';

/*
 * Reads share memory, and writes go out from where the bytes lie. A piece that is read over before it was written shows
 * only where each piece of a body differs from all others, and only with a reader that is slower than the writer.
 */
const bodyBytes = 12 << 20;
const body = counted(bodyBytes);

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

/** Every four bytes say where they stand. */
function counted(bytes: number): Buffer {
  const numbers = Uint32Array.from({ length: bytes / 4 }, (_, index) => index);
  return Buffer.from(numbers.buffer);
}

/** Where the two part; -1: they are alike. */
function firstDifference(received: Buffer, sent: Buffer): number {
  if (received.equals(sent)) return -1;
  const shorter = Math.min(received.length, sent.length);
  for (let at = 0; at < shorter; at++) if (received[at] !== sent[at]) return at;
  return shorter;
}

/** Reads with pauses until `bytes` are there or the socket ends. */
async function readSlowly(socket: Socket, bytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  let sincePause = 0;
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    pieces.push(piece as Buffer);
    length += (piece as Buffer).length;
    sincePause += (piece as Buffer).length;
    if (length >= bytes) break;
    if (sincePause < 1 << 20) continue;
    sincePause = 0;
    await sleep(10);
  }
  return Buffer.concat(pieces);
}

/** An origin behind TLS, on bytes of the test's choice. */
async function startTlsOrigin(onSocket: (socket: Socket) => void): Promise<string> {
  const { certificatePath, keyPath } = makeCertificate(certificateFolder(undo), 'origin', ['origin.example']);
  const server = createTlsServer({ cert: readFileSync(certificatePath), key: readFileSync(keyPath) }, (socket) => {
    undo.add(() => socket.destroy());
    socket.on('error', () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.add(() => server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function edgeBefore(origin: string, tls = false) {
  const certificates = tls ? [makeCertificate(certificateFolder(undo), 'shop', ['shop.example'])] : [];
  return startEdge(undo, {
    set: { versions: {}, sites: { schema: 1, sites: [{ ...site(origin), upstream: { tls: { verify: false } } }] } },
    ...(tls ? { listeners: [{ tls: { certificates, http2: false } }] } : {}),
  });
}

function sendingOrigin(framing: 'sized' | 'chunked'): Promise<string> {
  return startRawOrigin(undo, (socket) =>
    socket.once('data', () => {
      if (framing === 'sized') {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
        socket.write(body);
        return;
      }
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      for (let at = 0, size = 1; at < bodyBytes; at += size, size = (size * 7 + 13) % 60_000) {
        const piece = body.subarray(at, at + size);
        if (piece.length === 0) continue;
        socket.write(`${piece.length.toString(16)}\r\n`);
        socket.write(piece);
        socket.write('\r\n');
      }
      socket.write('0\r\n\r\n');
    }),
  );
}

function bodyOf(answer: Buffer): Buffer {
  const head = answer.subarray(0, answer.indexOf('\r\n\r\n') + 4);
  const rest = answer.subarray(head.length);
  if (!/^transfer-encoding: chunked/im.test(head.toString('latin1'))) return rest;
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at);
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(pieces);
    pieces.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

for (const framing of ['sized', 'chunked'] as const) {
  for (const scheme of ['http', 'https'] as const) {
    test(`a ${framing} answer over ${scheme} arrives octet by octet as it was sent`, async () => {
      const { port } = await edgeBefore(await sendingOrigin(framing), scheme === 'https');
      const options = { port, host: '127.0.0.1', servername: 'shop.example', rejectUnauthorized: false };
      const socket = scheme === 'https' ? connectTls(options) : connect(options);
      undo.add(() => socket.destroy());
      socket.write('GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n');
      const received = bodyOf(await readSlowly(socket, Number.POSITIVE_INFINITY));
      assert.equal(firstDifference(received, body), -1);
    });
  }
}

for (const framing of [`Content-Length: ${bodyBytes}`, 'Connection: close']) {
  test(`an origin behind TLS may close behind its last octet (${framing})`, async () => {
    const origin = await startTlsOrigin((socket) =>
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n`);
        socket.end(body);
      }),
    );
    const { port } = await edgeBefore(origin);
    for (let round = 0; round < 3; round++) {
      const socket = connect(port, '127.0.0.1');
      undo.add(() => socket.destroy());
      socket.write('GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n');
      const answer = await readSlowly(socket, Number.POSITIVE_INFINITY);
      assert.equal(firstDifference(bodyOf(answer), body), -1);
      assert.ok(
        framing !== 'Connection: close' || answer.subarray(-7).toString() === '\r\n0\r\n\r\n',
        'it was cut off',
      );
    }
  });
}

for (const scheme of ['http', 'https'] as const) {
  test(`an upload to a slow origin on ${scheme} arrives octet by octet as it was sent`, async () => {
    const uploaded = Promise.withResolvers<Buffer>();
    const receive = (socket: Socket) => {
      void readSlowly(socket, bodyBytes).then((received) => {
        uploaded.resolve(received);
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
    };
    const { port } = await edgeBefore(
      await (scheme === 'https' ? startTlsOrigin(receive) : startRawOrigin(undo, receive)),
    );
    const socket = connect(port, '127.0.0.1');
    undo.add(() => socket.destroy());
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
    socket.write(body);
    const received = await uploaded.promise;
    const at = received.indexOf('\r\n\r\n') + 4;
    assert.equal(firstDifference(received.subarray(at), body.subarray(0, received.length - at)), -1);
  });
}

test('the end of an upload stays as it was while it waits to be written, whatever the visitor sends behind it', async () => {
  const pieces: Buffer[] = [];
  let isWhole = false;
  const next = Promise.withResolvers<void>();
  const whole = {
    status: 200,
    reason: 'OK',
    fields: { raw: ['Content-Length', '2'], numbers: [fieldNumber('content-length')] },
  };
  const onExchange = (exchange: Exchange) => {
    const source = exchange.body;
    if (source === null) {
      exchange.respondWhole(whole, 'ok');
      next.resolve();
      return;
    }
    source.flowTo({
      // Full with each piece, as a writer whose peer takes little; for the last one there is no room yet.
      onBytes: (bytes) => {
        pieces.push(bytes.length > socketLimits.copiedBytesMax ? bytes : Buffer.from(bytes));
        source.pause();
        setTimeout(() => {
          if (isWhole) return;
          pieces.push(Buffer.from(pieces.pop()!));
          source.resume();
        }, 20);
      },
      onLull: () => {},
      onEnd: () => {
        isWhole = true;
        // Answered although the upload is not written yet.
        setTimeout(() => exchange.respondWhole(whole, 'ok'), 50);
      },
      onFailure: () => {},
    });
  };
  const fail = (error: unknown) => {
    throw error;
  };
  const sockets = { memory: new ReadMemory(), deadlines: new Deadlines(systemClock), turns: new Turns() };
  const events = { onExchange, onRejection: fail, onFailure: fail };
  const listener = new HttpListener(new TrustedPeers([]), sockets, events);
  undo.add(() => listener.destroyAll());
  const { port } = await listener.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect(port, '127.0.0.1');
  undo.add(() => socket.destroy());
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes.toString('latin1');
  });
  const size = 3 * 65_536 - 4_096;
  const upload = body.subarray(0, size);
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  await sleep(20);
  socket.write(upload);
  while (!answer.endsWith('ok')) await sleep(10);
  socket.write(`GET /next HTTP/1.1\r\nHost: a\r\nA: ${'a'.repeat(60_000)}\r\n\r\n`);
  await next.promise;
  assert.equal(firstDifference(Buffer.concat(pieces), upload), -1);
});
