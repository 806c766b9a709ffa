import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../kernel/clock.ts';
import { localCall } from './localCall.ts';
import { jsonAnswer, type LocalAnswer, textAnswer } from './localRoute.ts';
import { LocalServer, type LocalServerPorts } from './localServer.ts';

const bounds = { bytesMax: 1 << 20, msMax: 10_000 };

function pathIn(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-local-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'run', 'local.sock');
}

/** A server whose routes say what they were asked. */
async function scene(context: TestContext, ports: Partial<LocalServerPorts> = {}) {
  const path = pathIn(context);
  const server = new LocalServer({
    clock: systemClock,
    connectionsMax: 4,
    requestMsMax: 10_000,
    route({ method, path, query, hasBody }) {
      if (path === '/refused') return textAnswer(403, 'by its head\n');
      const answer = (body: Buffer | undefined) =>
        jsonAnswer(200, { method, path, query: Object.fromEntries(query), hasBody, body: body?.toString() ?? null });
      if (path === '/later') return { bodyBytesMax: 10, answer: async (body) => answer(body) };
      if (path === '/throws') return { bodyBytesMax: 10, answer: () => Promise.reject(new Error('later')) };
      if (path === '/throws-now') throw new Error('now');
      return { bodyBytesMax: 10, answer };
    },
    refused: (status, says) => textAnswer(status, `${says}\n`),
    failed: (error) => textAnswer(500, String(error)),
    onError() {},
    ...ports,
  });
  await server.listen(path);
  context.after(() => server.close());
  return { path, server };
}

/** All that comes for these pieces, each sent by itself, until the other side closes. */
function say(path: string, ...pieces: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(path);
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(said));
    const sendNext = (index: number) => {
      if (index < pieces.length) socket.write(pieces[index]!, () => setImmediate(sendNext, index + 1));
    };
    sendNext(0);
  });
}
const statusOf = (said: string) => Number(said.split(' ')[1]);

test('a question and its answer, made at once or later; by the client, and by hand in pieces of one character', async (context) => {
  const { path } = await scene(context);
  for (const to of ['/now', '/later']) {
    const asked = await localCall(systemClock, path, 'POST', `${to}?a=b%20c`, Buffer.from('0123456789'), bounds);
    const said = { method: 'POST', path: to, query: { a: 'b c' }, hasBody: true, body: '0123456789' };
    assert.deepEqual(asked.ok && [asked.value.status, JSON.parse(`${asked.value.bytes}`)], [200, said]);
    const byHand = `POST ${to} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`;
    assert.match(await say(path, ...byHand), /^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close[\s\S]*"body":"abcde"}\n$/);
  }
  const bare = await localCall(systemClock, path, 'GET', '/now', undefined, bounds);
  assert.match(String(bare.ok && bare.value.bytes), /"hasBody":false,"body":""/);
});

test('a longer body than the route takes is not collected; the route says so, and the sender reads it', async (context) => {
  const { path } = await scene(context);
  for (const to of ['/now', '/later']) {
    const asked = await localCall(systemClock, path, 'POST', to, Buffer.alloc(4 << 20), bounds);
    assert.match(String(asked.ok && asked.value.bytes), /"body":null/);
    const chunked = `POST ${to} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nghijkl\r\n`;
    assert.match(await say(path, chunked), /"body":null/);
  }
});

test('HEAD has no body, a head may be answered as it is, and what asks whether to go on is told to', async (context) => {
  const { path } = await scene(context);
  assert.match(await say(path, 'HEAD /now HTTP/1.1\r\nHost: a\r\n\r\n'), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/);
  assert.equal(statusOf(await say(path, 'POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n')), 403);
  const tooLong = 'POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n';
  assert.match(await say(path, tooLong), /"body":null/, 'answered before any of it came');
  const expecting = 'POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n';
  assert.match(await say(path, expecting, 'abc'), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK[\s\S]*"abc"/);
});

test('what is no HTTP is told so, with the status of its fault', async (context) => {
  const { path } = await scene(context);
  for (const [request, status] of [
    ['rubbish\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\n\r\n', 400],
    ['GET / HTTP/3.0\r\nHost: a\r\n\r\n', 505],
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(9_000)}`, 431],
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(9_000)}\r\n\r\n`, 431],
    ['POST /now HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz', 400],
  ] as const) {
    assert.equal(statusOf(await say(path, request)), status, JSON.stringify(request.slice(0, 40)));
  }
});

test('one request per connection; what comes behind it cuts nothing off', async (context) => {
  let asked = 0;
  const answer = async () => textAnswer(200, String(++asked));
  const { path } = await scene(context, { route: () => ({ bodyBytesMax: 0, answer }) });
  const said = await say(path, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3), 'and so on', '\r\n\r\n');
  assert.deepEqual([said.match(/HTTP\/1\.1 \d+/g), asked], [['HTTP/1.1 200'], 1]);
});

test('an answer that cannot be made is one of its own, and the next one is as ever', async (context) => {
  const { path } = await scene(context);
  assert.match(await say(path, 'GET /throws HTTP/1.1\r\nHost: a\r\n\r\n'), / 500 [\s\S]*Error: later$/);
  assert.match(await say(path, 'GET /throws-now HTTP/1.1\r\nHost: a\r\n\r\n'), / 500 [\s\S]*Error: now$/);
  assert.equal(statusOf(await say(path, 'GET /now HTTP/1.1\r\nHost: a\r\n\r\n')), 200);
});

test('half a request, and an answer that nobody takes, are waited for so long; an answer that takes its time is not', async (context) => {
  const slow = {
    bodyBytesMax: 0,
    answer: () => new Promise<LocalAnswer>((resolve) => setTimeout(answerAt, 300, resolve)),
  };
  const answerAt = (resolve: (answer: LocalAnswer) => void) => resolve(textAnswer(200, 'at last'));
  const { path } = await scene(context, { requestMsMax: 100, route: () => slow });
  assert.equal(await say(path, 'GET / HTTP/1.1\r\nHos'), '');
  assert.match(await say(path, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'), /at last$/);
  // It has said all it had to say, and keeps its side open.
  const open = connect({ path, allowHalfOpen: true });
  open
    .on('error', () => {})
    .resume()
    .write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await new Promise((resolve) => open.on('end', resolve));
  await new Promise((resolve) => {
    open.on('close', resolve);
    const more = setInterval(() => open.write('.'), 20);
    open.on('close', () => clearInterval(more));
  });
});

test('more connections than there may be are turned away, and room is made by one that ends', async (context) => {
  const { path } = await scene(context);
  const held = Array.from({ length: 4 }, () => connect(path).on('error', () => {}));
  await Promise.all(held.map((socket) => new Promise((resolve) => socket.on('connect', resolve))));
  assert.equal(await say(path, 'GET /now HTTP/1.1\r\nHost: a\r\n\r\n'), '');
  for (const socket of held) socket.destroy();
  await Promise.all(held.map((socket) => new Promise((resolve) => socket.on('close', resolve))));
  assert.equal(statusOf(await say(path, 'GET /now HTTP/1.1\r\nHost: a\r\n\r\n')), 200);
});

test('the socket is its owner alone, replaces what a killed process left, and is gone with its server', async (context) => {
  const { path, server } = await scene(context);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const waiting = say(path, 'POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n');
  assert.equal(statusOf(await say(path, 'GET /now HTTP/1.1\r\nHost: a\r\n\r\n')), 200);
  await server.close();
  assert.equal(await waiting, 'HTTP/1.1 100 Continue\r\n\r\n', 'what was open is ended');
  const left = createServer();
  await new Promise<void>((resolve) => left.listen(path, resolve));
  context.after(() => left.close());
  const listening = server.listen(path);
  assert.equal(statSync(path).mode & 0o777, 0o600, 'from the first moment');
  assert.equal(await listening, path);
  assert.equal(statusOf(await say(path, 'GET /now HTTP/1.1\r\nHost: a\r\n\r\n')), 200);
  assert.ok(existsSync(path));
});

test('where it cannot listen it says why, and may be asked again', async (context) => {
  const { server } = await scene(context);
  await server.close();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  await assert.rejects(server.listen('/dev/null/at.sock'));
  await assert.rejects(server.listen({ host: '127.0.0.1', port }), /EADDRINUSE/);
  await new Promise((resolve) => taken.close(resolve));
  assert.equal(await server.listen({ host: '127.0.0.1', port }), `127.0.0.1:${port}`);
});
