import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { blockRule, exchangeBytes, site, startEdge, startRawOrigin, Undo } from './harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const hello =
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** An origin that takes the upgrade and sends everything back; `heads` are the request heads it saw. */
function echoSocketOrigin(
  heads: string[],
  answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\nfirst',
) {
  return startRawOrigin(undo, (socket) => {
    socket.once('data', (head: Buffer) => {
      heads.push(head.toString());
      socket.write(answer);
      socket.on('data', (bytes: Buffer) => socket.write(bytes));
    });
  });
}

const edgeBefore = (origin: string, rules = [] as ReturnType<typeof blockRule>[]) =>
  startEdge(undo, {
    set: { versions: {}, sites: { schema: 1, sites: [site(origin, rules)] } },
    times: { answerMs: 1_000, bodyIdleMs: 1_000, continueMs: 50, tunnelIdleMs: 300 },
  });

test('a WebSocket passes: 101, then bytes both ways, whole and in order', async () => {
  const heads: string[] = [];
  const { port } = await edgeBefore(await echoSocketOrigin(heads));
  const socket = connect(port, '127.0.0.1');
  const sent = Buffer.alloc(3 << 20, 'abcdefg');
  let received = Buffer.alloc(0);
  socket.write(hello);
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      const isFirst = received.length === 0;
      received = Buffer.concat([received, chunk]);
      if (isFirst) socket.write(sent);
      if (received.length >= received.indexOf('first') + 5 + sent.length) resolve();
    });
  });
  const text = received.subarray(0, received.indexOf('first')).toString();
  assert.match(text, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
  assert.match(text, /^sec-websocket-accept: x\r$/im);
  assert.match(text, /^upgrade: websocket\r$/im);
  assert.ok(received.subarray(received.indexOf('first') + 5).equals(sent));
  assert.match(heads[0]!, /^connection: upgrade\r$/im);
  assert.match(heads[0]!, /^sec-websocket-key: dGhl/im);
  socket.destroy();
});

test('an origin that does not take the upgrade answers as usual', async () => {
  const origin = await echoSocketOrigin([], 'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno');
  const { port } = await edgeBefore(origin);
  const answer = await exchangeBytes(port, hello, { until: /no$/ });
  assert.match(answer, /^HTTP\/1\.1 426 Upgrade Required\r\n[\s\S]*\r\n\r\nno$/);
});

test('rules hold for upgrades, and nothing of a refused one reaches the origin', async () => {
  const heads: string[] = [];
  const rule = { ...blockRule('request.path == "/chat"') };
  const { port } = await edgeBefore(await echoSocketOrigin(heads), [rule]);
  const answer = await exchangeBytes(port, hello, { until: /no\n$/ });
  assert.match(answer, /^HTTP\/1\.1 403 /);
  assert.deepEqual(heads, []);
});

test('a tunnel in which nothing moves ends, and either end’s leaving ends the other', async () => {
  const closed = Promise.withResolvers<void>();
  const origin = await startRawOrigin(undo, (socket) => {
    socket.on('close', () => closed.resolve());
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    );
  });
  const { port } = await edgeBefore(origin);
  await exchangeBytes(port, hello);
  await closed.promise;
});

test('other upgrades are offers that are not taken: the request is answered as what it is', async () => {
  const heads: string[] = [];
  const { port } = await edgeBefore(await echoSocketOrigin(heads, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  const answer = await exchangeBytes(
    port,
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n',
    { until: /ok$/ },
  );
  assert.match(answer, /^HTTP\/1\.1 200 OK/);
  assert.ok(!/h2c/i.test(heads[0]!));
});

test('an upgrade behind a request that waits for its answer is taken in its turn', async () => {
  const heads: string[] = [];
  const origin = await startRawOrigin(undo, (socket) => {
    socket.on('data', (chunk) => {
      const head = chunk.toString('latin1');
      heads.push(head);
      if (/^upgrade:/im.test(head)) {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi');
      } else setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 50);
    });
  });
  const { port, worker } = await edgeBefore(origin);
  const answers = await exchangeBytes(port, `GET /first HTTP/1.1\r\nHost: a\r\n\r\n${hello}`, { until: /hi$/ });
  assert.match(answers, /^HTTP\/1\.1 200 [\s\S]*okHTTP\/1\.1 101 [\s\S]*hi$/);
  assert.equal(heads.length, 2);
  assert.equal(worker.health().requests, 2);
});

test('a tunnel whose visitor reads nothing ends all the same', async () => {
  const origin = await startRawOrigin(undo, (socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.write(Buffer.alloc(32 << 20));
    });
  });
  const { port, worker } = await edgeBefore(origin);
  const socket = connect(port, '127.0.0.1');
  undo.add(() => socket.destroy());
  socket.on('error', () => {});
  socket.pause();
  socket.write(hello);
  const open = () => Object.values(worker.counts().gauges.connections);
  const until = performance.now() + 4_000;
  const isTaken = () => worker.health().requests === 1;
  while (!isTaken() || (open().some((count) => count > 0) && performance.now() < until)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(
    open().filter((count) => count > 0),
    [],
  );
});
