import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { ListenerKind } from '../../../src/contract/edgeOptions.ts';
import type { Exchange } from '../../../src/edge/exchange/exchange.ts';
import { edgeLimits } from '../../../src/edge/exchange/limits.ts';
import { HttpListener } from '../../../src/edge/listen/httpListener.ts';
import { TrustedPeers } from '../../../src/edge/listen/trustedPeers.ts';
import { Deadlines } from '../../../src/edge/sockets/deadlines.ts';
import { ReadMemory } from '../../../src/edge/sockets/readMemory.ts';
import { Turns } from '../../../src/edge/sockets/turns.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { certificateFolder, makeCertificate } from '../certificateFiles.ts';
import { Undo } from '../harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const idleMs = 300;
const head = { status: 200, reason: 'OK', fields: { raw: [], numbers: [] } };

async function listen(
  onExchange: (exchange: Exchange) => void,
  kind: ListenerKind = {},
  bodyIdleMs = idleMs,
): Promise<HttpListener & { readonly port: number }> {
  const fail = (error: unknown) => {
    throw error;
  };
  const events = { onExchange, onRejection: fail, onFailure: fail };
  const sockets = { memory: new ReadMemory(), deadlines: new Deadlines(systemClock), turns: new Turns() };
  const listener = new HttpListener(new TrustedPeers([]), sockets, events, bodyIdleMs, kind);
  undo.add(() => listener.destroyAll());
  const { port } = await listener.listen({ host: '127.0.0.1', port: 0 });
  return Object.assign(listener, { port });
}

/** Sends `requests` requests and reads nothing until told to. */
function visit(port: number, requests = 1): Socket {
  const socket = connect(port, '127.0.0.1');
  undo.add(() => socket.destroy());
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(requests));
  return socket;
}

/** Streams until the visitor takes no more, then ends the answer; resolves then. */
function fillAndEnd(exchange: Exchange): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const fill = () => {
      clearTimeout(timer);
      while (writer.write(Buffer.alloc(32 << 10, 'a')));
      timer = setTimeout(() => {
        writer.end();
        resolve();
      }, 150);
    };
    const writer = exchange.respond(head, { onVisitorRoom: fill });
    fill();
  });
}

async function areGoneWithin(ms: number, listener: HttpListener): Promise<boolean> {
  const until = performance.now() + ms;
  while (listener.connections > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  return listener.connections === 0;
}

test('the end of an answer that nobody reads holds the connection for the idle time only', async () => {
  const ended = Promise.withResolvers<void>();
  const listener = await listen((exchange) => void fillAndEnd(exchange).then(ended.resolve));
  visit(listener.port);
  await ended.promise;
  assert.equal(listener.connections, 1);
  assert.ok(await areGoneWithin(idleMs * 5, listener), 'the connection is still held');
});

test('an answer of the edge itself, with another request behind it, ends the same way', async () => {
  const listener = await listen((exchange) => exchange.respondWhole(head, 'a'.repeat(16 << 20)));
  visit(listener.port, 2);
  await new Promise((resolve) => setTimeout(resolve, idleMs / 2));
  assert.equal(listener.connections, 1);
  assert.ok(await areGoneWithin(idleMs * 5, listener), 'the connection is still held');
});

test('a visitor that takes its time and then reads gets all of it, and its connection lives on', async () => {
  let ended = Promise.withResolvers<void>();
  const { port } = await listen((exchange) => void fillAndEnd(exchange).then(ended.resolve));
  const socket = visit(port);
  const reads = async () => {
    let isComplete = false;
    for await (const bytes of socket.iterator({ destroyOnReturn: false })) {
      isComplete = (bytes as Buffer).subarray(-7).toString('latin1') === '\r\n0\r\n\r\n';
      if (isComplete) break;
    }
    return isComplete;
  };
  for (let turn = 0; turn < 2; turn++) {
    await ended.promise;
    ended = Promise.withResolvers<void>();
    await new Promise((resolve) => setTimeout(resolve, idleMs / 3));
    assert.ok(await reads());
    // Longer than the idle time, between requests.
    await new Promise((resolve) => setTimeout(resolve, idleMs * 1.5));
    if (turn === 0) socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  }
  assert.ok(!socket.destroyed);
});

test('a visitor that closes its half while its answer waits gets all of it, and is not kept for a next request', async () => {
  const ended = Promise.withResolvers<void>();
  const listener = await listen((exchange) => void fillAndEnd(exchange).then(ended.resolve), {}, 5_000);
  const socket = visit(listener.port);
  await ended.promise;
  socket.end();
  await sleep(50);
  let last = '';
  for await (const bytes of socket) last = (last + (bytes as Buffer).toString('latin1')).slice(-7);
  assert.equal(last, '\r\n0\r\n\r\n');
  assert.ok(await areGoneWithin(1_000, listener), 'the connection is still held');
});

test('HTTP/2: answers that a visitor opens no window for do not hold its connection for good', async () => {
  const certificates = [makeCertificate(certificateFolder(undo), 'shop', ['shop.example'])];
  const listener = await listen((exchange) => exchange.respondWhole(head, 'ok'), {
    tls: { certificates, http2: true },
  });
  const session = connectHttp2(`https://127.0.0.1:${listener.port}`, {
    rejectUnauthorized: false,
    settings: { initialWindowSize: 0 },
  });
  undo.add(() => session.destroy());
  session.on('error', () => {});
  const headers = Promise.withResolvers<void>();
  const stream = session.request({ ':path': '/', ':authority': 'shop.example' });
  stream.on('response', () => headers.resolve());
  stream.on('error', () => {});
  await headers.promise;
  assert.ok(await areGoneWithin(idleMs * 6, listener), 'the connection is still held');
});

test('the last answer of a connection over TLS is not cut off while its visitor takes its time', async () => {
  const certificates = [makeCertificate(certificateFolder(undo), 'shop', ['shop.example'])];
  const piece = Buffer.alloc(20_000, 'a');
  let piecesMax = Number.POSITIVE_INFINITY;
  let ended = Promise.withResolvers<number>();
  const listener = await listen(
    (exchange) => {
      let pieces = 0;
      const writer = exchange.respond(head, { onVisitorRoom: () => {} });
      const timer = setInterval(() => {
        pieces += 1;
        if (writer.write(piece) && pieces < piecesMax) return;
        clearInterval(timer);
        writer.end();
        ended.resolve(pieces);
      }, 1);
    },
    { tls: { certificates, http2: false } },
    60_000,
  );
  const visitTls = () => {
    const socket = connectTls({ port: listener.port, host: '127.0.0.1', rejectUnauthorized: false });
    undo.add(() => socket.destroy());
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    return socket;
  };
  // How much fills everything between the two; a little less waits in the stream, and the writer is not full.
  visitTls();
  piecesMax = (await ended.promise) - 2;
  ended = Promise.withResolvers();
  const socket = visitTls();
  const pieces = await ended.promise;
  await sleep(edgeLimits.lingerMs + 300);
  let received = 0;
  for await (const bytes of socket) received += (bytes as Buffer).length;
  assert.ok(received > pieces * piece.length, `${received} of ${pieces * piece.length} octets`);
});
