import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import type { Exchange } from '../../src/edge/listen/exchange.ts';
import { HttpListener } from '../../src/edge/listen/httpListener.ts';
import { TrustedPeers } from '../../src/edge/listen/trustedPeers.ts';
import { Undo } from './harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const idleMs = 300;
const head = { status: 200, statusText: 'OK', headers: [] };

async function listen(onExchange: (exchange: Exchange) => void): Promise<number> {
  const fail = (error: unknown) => {
    throw error;
  };
  const events = { onExchange, onRejection: fail, onFailure: fail };
  const listener = new HttpListener(new TrustedPeers([]), events, idleMs);
  undo.add(() => listener.destroyAll());
  return (await listener.listen({ host: '127.0.0.1', port: 0 })).port;
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

async function isGoneWithin(ms: number, gone: Promise<void>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  void gone.then(() => resolve(true));
  return promise.finally(() => clearTimeout(timer));
}

test('the end of an answer that nobody reads holds the connection for the idle time only', async () => {
  const gone = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const port = await listen((exchange) => {
    exchange.onAbandoned(gone.resolve);
    void fillAndEnd(exchange).then(ended.resolve);
  });
  visit(port);
  await ended.promise;
  assert.ok(await isGoneWithin(idleMs * 5, gone.promise), 'the connection is still held');
});

test('an answer of the edge itself, and one behind another on the connection, end the same way', async () => {
  const gone = Promise.withResolvers<void>();
  const port = await listen((exchange) => {
    exchange.onAbandoned(gone.resolve);
    exchange.respondWhole(head, Buffer.alloc(16 << 20, 'a'));
  });
  visit(port, 2);
  assert.ok(await isGoneWithin(idleMs * 5, gone.promise), 'the connection is still held');
});

test('a visitor that takes its time and then reads gets all of it, and its connection lives on', async () => {
  let ended = Promise.withResolvers<void>();
  const port = await listen((exchange) => void fillAndEnd(exchange).then(ended.resolve));
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
