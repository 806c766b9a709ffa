import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { Rejection } from '../../../src/contract/reasons/answerReasons.ts';
import { ask, exchangeBytes, parseAnswer, site, startEdge, startOrigin, type TestEdge, Undo } from '../harness.ts';

const undo = new Undo();
let edge: TestEdge;
let reached = 0;

before(async () => {
  const { url } = await startOrigin(undo, (request, response) => {
    reached += 1;
    request.resume();
    response.end('hello');
  });
  edge = await startEdge(undo, {
    set: { versions: {}, sites: { schema: 1, sites: [site(url, [], ['shop.example'])] } },
  });
});
after(() => undo.run());

/** What is sent, what comes back first, and the reason it is counted under. */
interface Case {
  readonly name: string;
  readonly bytes: string;
  readonly status: number;
  readonly reason: Rejection;
}

const host = 'Host: shop.example\r\n';
const cases: readonly Case[] = [
  { name: 'no HTTP at all', bytes: 'hello there\r\n\r\n', status: 501, reason: 'method-unknown' },
  {
    name: 'a TLS hello',
    bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    status: 400,
    reason: 'start-line-invalid',
  },
  { name: 'an unknown method', bytes: `FROB / HTTP/1.1\r\n${host}\r\n`, status: 501, reason: 'method-unknown' },
  {
    name: 'a space before the colon',
    bytes: `GET / HTTP/1.1\r\n${host}A : b\r\n\r\n`,
    status: 400,
    reason: 'field-name-invalid',
  },
  { name: 'a folded line', bytes: `GET / HTTP/1.1\r\n${host}A: b\r\n c\r\n\r\n`, status: 400, reason: 'field-folded' },
  {
    name: 'a NUL in a value',
    bytes: `GET / HTTP/1.1\r\n${host}A: b\0c\r\n\r\n`,
    status: 400,
    reason: 'field-value-invalid',
  },
  {
    name: 'a control character',
    bytes: `GET / HTTP/1.1\r\n${host}A: b\x01c\r\n\r\n`,
    status: 400,
    reason: 'field-value-invalid',
  },
  { name: 'a bare LF', bytes: `GET / HTTP/1.1\n${host}\n`, status: 400, reason: 'line-end-invalid' },
  { name: 'a bare CR', bytes: `GET / HTTP/1.1\r\n${host}A: b\rC: d\r\n\r\n`, status: 400, reason: 'line-end-invalid' },
  { name: 'another version', bytes: `GET / HTTP/3.0\r\n${host}\r\n`, status: 505, reason: 'version-unsupported' },
  { name: 'an HTTP/2 preface', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 501, reason: 'method-unknown' },
  {
    name: 'a space in the target',
    bytes: `GET /a b HTTP/1.1\r\n${host}\r\n`,
    status: 400,
    reason: 'start-line-invalid',
  },
  { name: 'no path', bytes: `GET shop HTTP/1.1\r\n${host}\r\n`, status: 400, reason: 'target-invalid' },
  { name: 'a star for GET', bytes: `GET * HTTP/1.1\r\n${host}\r\n`, status: 400, reason: 'target-invalid' },
  {
    name: 'a user in the target',
    bytes: `GET http://a@b/ HTTP/1.1\r\n${host}\r\n`,
    status: 400,
    reason: 'target-invalid',
  },
  { name: 'no Host', bytes: 'GET / HTTP/1.1\r\n\r\n', status: 400, reason: 'host-missing' },
  { name: 'two Hosts', bytes: `GET / HTTP/1.1\r\n${host}${host}\r\n`, status: 400, reason: 'host-repeated' },
  { name: 'a Host that is none', bytes: 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', status: 400, reason: 'host-invalid' },
  { name: 'an unknown host', bytes: 'GET / HTTP/1.1\r\nHost: other\r\n\r\n', status: 421, reason: 'host-unknown' },
  { name: 'CONNECT', bytes: 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n', status: 405, reason: 'connect-refused' },
  {
    name: 'both framings',
    bytes: `POST / HTTP/1.1\r\n${host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    status: 400,
    reason: 'framing-ambiguous',
  },
  {
    name: 'both framings the other way',
    bytes: `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
    status: 400,
    reason: 'framing-ambiguous',
  },
  {
    name: 'chunked in HTTP/1.0',
    bytes: `POST / HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    status: 400,
    reason: 'framing-ambiguous',
  },
  {
    name: 'a coding on top of chunked',
    bytes: `POST / HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    status: 501,
    reason: 'transfer-coding-unsupported',
  },
  ...['-1', '+1', '1a', '0x10', '1, 1', '18446744073709551617', '99999999999999999999999999'].map((length) => ({
    name: `Content-Length ${length}`,
    bytes: `POST / HTTP/1.1\r\n${host}Content-Length: ${length}\r\n\r\nabc`,
    status: 400,
    reason: 'content-length-invalid' as const,
  })),
  {
    name: 'two Content-Lengths',
    bytes: `POST / HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`,
    status: 400,
    reason: 'content-length-invalid',
  },
  {
    name: 'a petabyte to come',
    bytes: `POST / HTTP/1.1\r\n${host}Content-Length: 1125899906842624\r\n\r\nabc`,
    status: 413,
    reason: 'body-too-large',
  },
  {
    name: 'an expectation nobody knows',
    bytes: `POST / HTTP/1.1\r\n${host}Expect: tea\r\nContent-Length: 1\r\n\r\na`,
    status: 417,
    reason: 'expectation-unknown',
  },
  {
    name: 'too many headers',
    bytes: `GET / HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(100)}\r\n`,
    status: 431,
    reason: 'headers-too-many',
  },
  {
    name: 'more than a thousand headers',
    bytes: `GET / HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(1_000)}\r\n`,
    status: 431,
    reason: 'headers-too-many',
  },
  {
    name: 'a megabyte of one header',
    bytes: `GET / HTTP/1.1\r\n${host}A: ${'b'.repeat(1 << 20)}\r\n\r\n`,
    status: 431,
    reason: 'head-too-large',
  },
  {
    name: 'a megabyte of headers',
    bytes: `GET / HTTP/1.1\r\n${host}${`A: ${'b'.repeat(1_000)}\r\n`.repeat(1_000)}\r\n`,
    status: 431,
    reason: 'head-too-large',
  },
  {
    name: 'a megabyte of target',
    bytes: `GET /${'a'.repeat(1 << 20)} HTTP/1.1\r\n${host}\r\n`,
    status: 431,
    reason: 'head-too-large',
  },
  {
    name: 'a request that went in circles',
    bytes: `GET / HTTP/1.1\r\n${host}${'Via: 1.1 holdfast\r\n'.repeat(5)}\r\n`,
    status: 508,
    reason: 'request-loop',
  },
];

for (const { name, bytes, status, reason } of cases) {
  test(`${name}: ${status}, counted as ${reason}`, async () => {
    const countBefore = edge.worker.health().rejected[reason]!;
    const received = await exchangeBytes(edge.port, Buffer.from(bytes, 'latin1'), { until: /\r\n\r\n[\s\S]*\n$/ });
    const answer = parseAnswer(received);
    assert.deepEqual([answer.status, answer.headers['holdfast-error']], [status, reason], received);
    assert.equal(edge.worker.health().rejected[reason], countBefore + 1);
    assert.equal(reached, 0, 'the origin saw nothing of it');
  });
}

test('a chunked body whose framing breaks is answered with 400 and cut off at the origin', async () => {
  const received = await exchangeBytes(
    edge.port,
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n`,
    { until: /\n$/ },
  );
  assert.match(received, /^HTTP\/1\.1 400 /);
});

test('garbage behind a request does not become an answer to it', async () => {
  const received = await exchangeBytes(edge.port, `GET / HTTP/1.1\r\n${host}\r\ngarbage\r\n\r\n`);
  assert.ok(!received.startsWith('HTTP/1.1 400'), received);
});

test('what is sent ahead is answered one after the other, and costs what one request costs', async () => {
  const requests = Array.from({ length: 500 }, (_, index) => `GET /${index} HTTP/1.1\r\n${host}\r\n`);
  const received = await exchangeBytes(
    edge.port,
    `${requests.join('')}GET /end HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
  );
  assert.equal(received.match(/HTTP\/1\.1 200 OK/g)?.length, 501);
});

test('a connection that ends inside a head is counted and answers nobody', async () => {
  const countBefore = edge.worker.health().rejected['connection-lost']!;
  const received = await exchangeBytes(edge.port, 'GET / HTTP/1.1\r\nHost: sh', { end: true });
  assert.equal(received, '');
  assert.equal(edge.worker.health().rejected['connection-lost'], countBefore + 1);
});

test('a head that arrives a letter a second ends with 408', { timeout: 20_000 }, async () => {
  const socket = connect(edge.port, '127.0.0.1');
  const letters = `GET / HTTP/1.1\r\n${host}`.split('');
  const timer = setInterval(() => socket.write(letters.shift() ?? 'x'), 500);
  const received = await new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
    socket.on('end', () => resolve(text));
  });
  clearInterval(timer);
  socket.destroy();
  assert.match(received, /^HTTP\/1\.1 408 /);
  assert.equal(edge.worker.health().rejected['head-timeout'], 1);
});

test('sockets that are opened and reset, half-closed or left alone harm nobody', async () => {
  for (let index = 0; index < 200; index++) {
    const socket = connect(edge.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.on('connect', () => {
      if (index % 4 === 0) socket.resetAndDestroy();
      else if (index % 4 === 1) socket.end();
      else if (index % 4 === 2) {
        socket.write(`GET / HTTP/1.1\r\n${host}\r\n`);
        socket.resetAndDestroy();
      } else {
        socket.write(`POST / HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nabc`);
        setImmediate(() => socket.resetAndDestroy());
      }
    });
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal((await ask(edge.port, '/')).body, 'hello');
});

test('what follows a refused request on its connection reaches nobody', async () => {
  const before = reached;
  await exchangeBytes(edge.port, `GET / HTTP/1.1\r\nHost: a/b\r\n\r\nGET /behind HTTP/1.1\r\n${host}\r\n`);
  await ask(edge.port, '/');
  assert.equal(reached, before + 1);
});

test('CONNECT behind a request does not become its answer', async () => {
  const received = await exchangeBytes(
    edge.port,
    `GET / HTTP/1.1\r\n${host}\r\nCONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  assert.ok(!received.startsWith('HTTP/1.1 405'), received);
});
