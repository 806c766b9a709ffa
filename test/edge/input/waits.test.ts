import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rejection } from '../../../src/contract/reasons/answerReasons.ts';
import type { Exchange } from '../../../src/edge/exchange/exchange.ts';
import { HttpListener, type ListenAt } from '../../../src/edge/listen/httpListener.ts';
import { TrustedPeers } from '../../../src/edge/listen/trustedPeers.ts';
import { Deadlines } from '../../../src/edge/sockets/deadlines.ts';
import { ReadMemory } from '../../../src/edge/sockets/readMemory.ts';
import { Turns } from '../../../src/edge/sockets/turns.ts';
import { systemClock, type TimerClock } from '../../../src/kernel/clock.ts';
import { Undo } from '../harness.ts';

/* How long the edge waits for a visitor, on a clock that tests set. */

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const fields = { raw: ['Content-Length', '2'], numbers: [2] };
const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

async function listen(
  clock: TimerClock,
  where: ListenAt = { host: '127.0.0.1', port: 0 },
  onExchange = (exchange: Exchange) => exchange.respondWhole({ status: 200, reason: 'OK', fields }, 'ok'),
) {
  const rejections: Rejection[] = [];
  const events = {
    onExchange,
    onRejection: (reason: Rejection) => rejections.push(reason),
    onFailure: (error: unknown) => {
      throw error;
    },
  };
  const sockets = { memory: new ReadMemory(), deadlines: new Deadlines(clock), turns: new Turns() };
  const listener = new HttpListener(new TrustedPeers([]), sockets, events, 300);
  undo.add(() => listener.destroyAll());
  const { port } = await listener.listen(where);
  return { listener, port, rejections };
}

/** `perMs` milliseconds on it for each that passes. */
function fastClock(perMs: number): TimerClock & { skip(ms: number): void } {
  let skippedMs = 0;
  return {
    ...systemClock,
    monotonicMs: () => performance.now() * perMs + skippedMs,
    skip: (ms) => {
      skippedMs += ms;
    },
  };
}

function open(to: number | string): { readonly socket: Socket; received: () => string; ended: Promise<void> } {
  const socket = typeof to === 'number' ? connect(to, '127.0.0.1') : connect(to);
  let received = '';
  undo.add(() => socket.destroy());
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
  });
  const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  return { socket, received: () => received, ended };
}

test('the first visitor after a long quiet time has as much time as any other', async () => {
  const clock = fastClock(1);
  const { port, rejections } = await listen(clock);
  const first = open(port);
  first.socket.end(request);
  await first.ended;
  // The timer behind all waits stops when there is nothing to wait for.
  await sleep(250);
  clock.skip(3_600_000);
  const next = open(port);
  await sleep(300);
  next.socket.end(request);
  await next.ended;
  assert.match(next.received(), /^HTTP\/1\.1 200 OK/);
  assert.deepEqual(rejections, []);
});

test('a head that arrives line by line has no more time than one that arrives letter by letter', async () => {
  // Ten seconds pass in half a one.
  const { port, rejections } = await listen(fastClock(20));
  const { socket, received, ended } = open(port);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n');
  const timer = setInterval(() => socket.write('A: b\r\n'), 200);
  undo.add(() => clearInterval(timer));
  await Promise.race([ended, sleep(1_500)]);
  assert.match(received(), /^HTTP\/1\.1 408 /);
  assert.deepEqual(rejections, ['head-timeout']);
});

test('visitors reach a listener on a unix socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-unix-'));
  undo.add(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'socket');
  await listen(fastClock(1), { path } as unknown as ListenAt);
  const { socket, received, ended } = open(path);
  socket.end(request);
  await ended;
  assert.match(received(), /^HTTP\/1\.1 200 OK/);
});

test('answers that nobody reads do not pile up behind requests with bodies', async () => {
  let answers = 0;
  const { port } = await listen(fastClock(1), undefined, (exchange) => {
    answers += 1;
    const body = 'a'.repeat(16_000);
    exchange.respondWhole(
      { status: 200, reason: 'OK', fields: { raw: ['Content-Length', '16000'], numbers: [2] } },
      body,
    );
  });
  const socket = connect(port, '127.0.0.1');
  undo.add(() => socket.destroy());
  socket.on('error', () => {});
  socket.pause();
  // 320 MB of answers.
  for (let index = 0; index < 20; index++) {
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nb'.repeat(1_000));
  }
  await sleep(250);
  assert.ok(answers < 2_000, `${answers} answers were made`);
});

test('a body refused in the same read in which it was paused is read to its end, and the connection goes on', async () => {
  let answers = 0;
  const { port } = await listen(fastClock(1), undefined, (exchange) => {
    answers += 1;
    const { body } = exchange;
    const answer = () => exchange.respondWhole({ status: 200, reason: 'OK', fields }, 'ok');
    if (body === null) {
      answer();
      return;
    }
    let pieces = 0;
    body.flowTo({
      onBytes: () => {
        pieces += 1;
        if (pieces === 1) body.pause();
        if (pieces === 2) answer();
      },
      onLull: () => {},
      onEnd: () => {},
      onFailure: () => {},
    });
  });
  const { socket, received } = open(port);
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n');
  await sleep(100);
  socket.write(`0\r\n\r\n${request}`);
  await sleep(300);
  assert.equal(answers, 2, received());
});
