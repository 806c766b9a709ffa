import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { ask, exchangeBytes, parseAnswer, site, startEdge, startOrigin, startRawOrigin, Undo } from '../harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());
const times = { answerMs: 200, bodyIdleMs: 200, continueMs: 50, tunnelIdleMs: 200 };

async function edgeBefore(origin: string) {
  return startEdge(undo, { set: { versions: {}, sites: { schema: 1, sites: [site(origin)] } }, times });
}

async function outcome(onSocket: (socket: Socket) => void) {
  const { port, worker } = await edgeBefore(await startRawOrigin(undo, onSocket));
  const answer = await ask(port, '/');
  return { status: answer.status, error: answer.headers['holdfast-error'], body: answer.body, health: worker.health() };
}

test('an origin that is not there: 502, and it counts as the origin’s failure', async () => {
  const { port, worker } = await edgeBefore('http://127.0.0.1:1');
  const answer = await ask(port, '/');
  assert.deepEqual([answer.status, answer.headers['holdfast-error']], [502, 'upstream-connect-failed']);
  assert.match(answer.body, /origin refuses connections/);
  assert.deepEqual([worker.health().upstreamFailures, worker.health().status5xxOwn], [1, 0]);
});

test('an origin that hangs up without an answer: 502', async () => {
  const { status, error } = await outcome((socket) => socket.once('data', () => socket.destroy()));
  assert.deepEqual([status, error], [502, 'upstream-closed']);
});

test('an origin that hangs up inside its head: 502', async () => {
  const { status, error } = await outcome((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nA: b')));
  assert.equal(status, 502);
  assert.match(error!, /upstream-(closed|malformed)/);
});

test('an origin that answers garbage: 502', async () => {
  const { status, error } = await outcome((socket) => socket.once('data', () => socket.end('garbage\r\n\r\n')));
  assert.deepEqual([status, error], [502, 'upstream-malformed']);
});

test('an origin whose status or header cannot be passed on: 502', async () => {
  for (const head of ['HTTP/1.1 099 Low\r\n', 'HTTP/1.1 200 OK\r\nX: a\x01b\r\n', 'HTTP/1.1 200 O\x01K\r\n']) {
    const { status, error } = await outcome((socket) =>
      socket.once('data', () => socket.end(Buffer.from(`${head}Content-Length: 0\r\n\r\n`, 'latin1'))),
    );
    assert.deepEqual([status, error], [502, 'upstream-malformed'], JSON.stringify(head));
  }
});

test('an origin that says nothing: 504', async () => {
  const { status, error, health } = await outcome(() => {});
  assert.deepEqual([status, error, health.upstreamFailures], [504, 'upstream-timeout', 1]);
});

test('an origin that switches protocols unasked: 502', async () => {
  const { status } = await outcome((socket) =>
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    ),
  );
  assert.equal(status, 502);
});

test('an origin that dies in the middle of a body: the visitor sees that the body is not complete', async () => {
  for (const framing of ['Content-Length: 10', 'Transfer-Encoding: chunked']) {
    const part = framing.includes('chunked') ? '3\r\nabc\r\n' : 'abc';
    const { port } = await edgeBefore(
      await startRawOrigin(undo, (socket) =>
        socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n${part}`)),
      ),
    );
    const bytes = await exchangeBytes(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.match(bytes, /^HTTP\/1\.1 200 OK/);
    assert.ok(bytes.endsWith(part), bytes);
    assert.ok(!bytes.endsWith('0\r\n\r\n'));
  }
});

test('an origin that stops in the middle of a body: the connection ends in time', async () => {
  const { port } = await edgeBefore(
    await startRawOrigin(undo, (socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')),
    ),
  );
  const bytes = await exchangeBytes(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', { timeoutMs: 3_000 });
  assert.ok(bytes.endsWith('abc'));
});

test('a visitor that stops sending its body: 408, and the origin is rid of the request', async () => {
  const closed = Promise.withResolvers<void>();
  const { port } = await edgeBefore(
    await startRawOrigin(undo, (socket) => socket.resume().on('close', () => closed.resolve())),
  );
  const bytes = await exchangeBytes(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
  assert.match(bytes, /^HTTP\/1\.1 408 /);
  await closed.promise;
});

test('a visitor that vanishes takes its request to the origin with it', async () => {
  const closed = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const { port } = await edgeBefore(
    await startRawOrigin(undo, (socket) => {
      socket.on('data', () => asked.resolve());
      socket.on('close', () => closed.resolve());
    }),
  );
  const visit = exchangeBytes(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', { timeoutMs: 100 }).catch(() => {});
  await asked.promise;
  await visit;
  await closed.promise;
});

test('an early answer ends the upload; the connection does not hang', async () => {
  const { port } = await edgeBefore(
    await startRawOrigin(undo, (socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno')),
    ),
  );
  const bytes = await exchangeBytes(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc', {
    until: /no$/,
  });
  assert.match(bytes, /^HTTP\/1\.1 413 /);
});

test('a kept connection that the origin closed is tried again once, for requests that may be repeated', async () => {
  let connections = 0;
  const url = await startRawOrigin(undo, (socket) => {
    connections += 1;
    let requests = 0;
    const isFirst = connections === 1;
    socket.on('data', () => {
      requests += 1;
      // The first connection answers once and dies under its second request.
      if (isFirst && requests === 2) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  const { port } = await edgeBefore(url);
  assert.equal((await ask(port, '/')).body, 'ok');
  assert.equal((await ask(port, '/')).body, 'ok');
  assert.equal(connections, 2);
});

for (const method of ['POST', 'PUT']) {
  test(`a ${method} with a body is not repeated`, async () => {
    let requests = 0;
    const url = await startRawOrigin(undo, (socket) => {
      socket.on('data', () => {
        requests += 1;
        if (requests === 2) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    const { port } = await edgeBefore(url);
    assert.equal((await ask(port, '/')).body, 'ok');
    const second = await ask(port, '/', ['Content-Length: 1'], method, 'x');
    assert.deepEqual([second.status, second.headers['holdfast-error']], [502, 'upstream-closed']);
  });
}

test('an error in one exchange ends that exchange only', async () => {
  const { url } = await startOrigin(undo, (request, response) => {
    if (request.url === '/bad') request.socket.destroy();
    else setTimeout(() => response.end('fine'), 30);
  });
  const { port } = await edgeBefore(url);
  const request = (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const [together, alone] = await Promise.all([
    exchangeBytes(port, request('/good') + request('/bad') + request('/good'), { until: /fine[\s\S]*fine$/ }),
    ask(port, '/good'),
  ]);
  assert.deepEqual(together.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 502', 'HTTP/1.1 200']);
  assert.equal(parseAnswer(together).status, 200);
  assert.equal(alone.body, 'fine');
});
