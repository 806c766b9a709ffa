import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createRawServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from './clock.ts';
import { type HttpCall, httpCall } from './httpCall.ts';

const bounds = { method: 'GET', bytesMax: 1_000, msMax: 10_000 } as const;

async function served(
  context: TestContext,
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<URL> {
  const server = createServer((request, response) => answer(response, request));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path?query`);
}

async function codeOf(call: HttpCall): Promise<string> {
  const answer = await httpCall(systemClock, call);
  return answer.ok ? `${answer.value.status} ${answer.value.bytes.length}` : answer.error.code;
}

test('what is asked arrives, and any status is an answer', async (context) => {
  const seen: string[] = [];
  const url = await served(context, (response, request) => {
    request.on('data', (bytes: Buffer) => seen.push(`${bytes}`));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${request.headers.some} ${request.headers['content-length']}`);
      response.writeHead(301, { location: 'http://127.0.0.1:1/' }).end('moved');
    });
  });
  const body = Buffer.from('a body');
  const answer = await httpCall(systemClock, { ...bounds, url, method: 'POST', headers: { some: 'header' }, body });
  assert.deepEqual(answer, { ok: true, value: { status: 301, bytes: Buffer.from('moved') } });
  assert.deepEqual(seen, ['a body', 'POST /path?query header 6']);
});

test('a longer answer than wanted is an error or cut, and not read to its end', async (context) => {
  const url = await served(context, (response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', more);
    more();
  });
  assert.equal(await codeOf({ ...bounds, url }), 'too-long');
  assert.equal(await codeOf({ ...bounds, url, ifLonger: 'cut' }), '200 1000');
  const exact = await served(context, (response) => response.end(Buffer.alloc(1_000)));
  assert.equal(await codeOf({ ...bounds, url: exact }), '200 1000');
});

test('silence and a trickle have an end each, and the error says after how long', async (context) => {
  const silent = await served(context, () => {});
  const trickle = await served(context, (response) => {
    const timer = setInterval(() => response.write('.'), 10);
    response.on('close', () => clearInterval(timer));
  });
  const answer = await httpCall(systemClock, { ...bounds, url: silent, silentMsMax: 100 });
  assert.equal(answer.ok || answer.error.message, 'no answer within 0.1 s');
  assert.equal(await codeOf({ ...bounds, url: silent, msMax: 100 }), 'silent');
  assert.equal(await codeOf({ ...bounds, url: trickle, bytesMax: 1e6, msMax: 300, silentMsMax: 150 }), 'silent');
});

test('given up: at once, before it began too, and nothing is left on the signal', async (context) => {
  let arrived = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const url = await served(context, () => arrived());
  const stop = new AbortController();
  const code = codeOf({ ...bounds, url, stop: stop.signal });
  await arrival;
  assert.equal(getEventListeners(stop.signal, 'abort').length, 1);
  stop.abort();
  assert.equal(await code, 'stopped');
  assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
  assert.equal(await codeOf({ ...bounds, url, stop: stop.signal }), 'stopped');
});

test('whoever is not there, is no HTTP, breaks off or cannot be asked is an error with its code and who caused it', async (context) => {
  const broken = await served(context, (response) => {
    response.writeHead(200, { 'content-length': 10 }).write('half');
    setImmediate(() => response.destroy());
  });
  const raw = createRawServer((socket) => void socket.on('error', () => {}).end('no HTTP\r\n\r\n'));
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  context.after(() => raw.close());
  const noHttp = new URL(`http://127.0.0.1:${(raw.address() as AddressInfo).port}/`);
  const nobody = new URL('http://127.0.0.1:1/');
  const gone = await httpCall(systemClock, { ...bounds, url: nobody });
  assert.partialDeepStrictEqual(gone, { error: { code: 'unreachable', source: 'upstream', retry: 'yes' } });
  assert.equal(await codeOf({ ...bounds, url: nobody, socketPath: '/nowhere/at.sock' }), 'unreachable');
  assert.equal(await codeOf({ ...bounds, url: noHttp }), 'unreachable');
  assert.equal(await codeOf({ ...bounds, url: broken }), 'cut-off');
  const answer = await httpCall(systemClock, {
    ...bounds,
    url: nobody,
    headers: { authorization: 'Bearer two\nlines' },
  });
  assert.ok(!answer.ok);
  const { code, source, retry } = answer.error;
  assert.deepEqual([code, source, retry], ['not-sendable', 'internal', 'no']);
});
