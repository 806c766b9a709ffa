import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
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

function edgeBefore(origin: string, tls = false) {
  const certificates = tls ? [makeCertificate(certificateFolder(undo), 'shop', ['shop.example'])] : [];
  return startEdge(undo, {
    set: { versions: {}, sites: { schema: 1, sites: [site(origin)] } },
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

test('an upload to a slow origin arrives octet by octet as it was sent', async () => {
  const uploaded = Promise.withResolvers<Buffer>();
  const origin = await startRawOrigin(undo, (socket) => {
    void readSlowly(socket, bodyBytes).then((received) => {
      uploaded.resolve(received);
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
  });
  const { port } = await edgeBefore(origin);
  const socket = connect(port, '127.0.0.1');
  undo.add(() => socket.destroy());
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
  socket.write(body);
  const received = await uploaded.promise;
  const at = received.indexOf('\r\n\r\n') + 4;
  assert.equal(firstDifference(received.subarray(at), body.subarray(0, received.length - at)), -1);
});
