import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import { adminServer } from './adminServer.ts';
import type { EdgeView } from './edgeView.ts';

const view: EdgeView = { isStopping: false, startedWallMs: 0, slots: [], agent: { pid: 1, deaths: 0 } };

async function scene(context: TestContext, { isOnAddress = false, read = () => view } = {}) {
  const errors: string[] = [];
  const logger: Logger = { info() {}, warn() {}, error: (event) => errors.push(event) };
  const source = { view: read, build: { version: '1', node: '2' }, options: {} };
  const server = adminServer({ source, clock: systemClock, logger, isOnAddress });
  const where = await server.listen({ host: '127.0.0.1', port: 0 });
  context.after(() => server.close());
  const port = Number(where.split(':')[1]);
  /** All that comes for these pieces, each sent by itself. */
  const say = (...pieces: readonly string[]) =>
    new Promise<string>((resolve) => {
      let said = '';
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(said));
      const sendNext = (index: number) => {
        if (index === pieces.length) return;
        socket.write(pieces[index]!, () => setImmediate(sendNext, index + 1));
      };
      sendNext(0);
    });
  return { say, errors };
}
const statusOf = (said: string) => Number(said.split(' ')[1]);

test('on an address only a loopback name is answered: no web page may read it through a browser', async (context) => {
  const { say } = await scene(context, { isOnAddress: true });
  const ask = async (host: string) => statusOf(await say(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
  for (const host of ['127.0.0.1:9090', 'localhost', 'LOCALHOST:1', '[::1]:9090', '127.5.5.5']) {
    assert.equal(await ask(host), 200, host);
  }
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80', '', '10.0.0.1']) {
    assert.equal(await ask(host), 421, host);
  }
});

test('a head in pieces of one character, and more behind it than was asked for', async (context) => {
  const { say } = await scene(context);
  const request = 'GET /healthz HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n';
  assert.match(await say(...request), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok\n$/);
  const said = await say(request.repeat(3), 'and so on');
  assert.equal(said.match(/HTTP\/1\.1/g)?.length, 1, 'one request per connection');
});

test('an answer that cannot be made is a 500 and a line', async (context) => {
  const { say, errors } = await scene(context, {
    read: () => {
      throw new Error('a bug of ours');
    },
  });
  assert.equal(statusOf(await say('GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n')), 500);
  assert.deepEqual(errors, ['admin-answer-failed']);
  assert.equal(statusOf(await say('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')), 200);
});

test('what is no HTTP is told so', async (context) => {
  const { say } = await scene(context);
  for (const [request, status] of [
    ['rubbish\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\n\r\n', 400],
    ['GET /healthz HTTP/1.1\nHost: a\n\n', 400],
    ['GET /healthz HTTP/3.0\r\nHost: a\r\n\r\n', 505],
    [`GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(9_000)}`, 431],
    [`GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(9_000)}\r\n\r\n`, 431],
  ] as const) {
    assert.equal(statusOf(await say(request)), status, JSON.stringify(request.slice(0, 40)));
  }
});
