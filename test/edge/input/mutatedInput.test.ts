import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { type Random, seededRandom } from '../../../src/kernel/random.ts';
import { ask, blockRule, site, startEdge, startOrigin, tinyFeatures, tinyModel, Undo } from '../harness.ts';

/** Replays with HOLDFAST_SEED; HOLDFAST_MUTANTS for longer runs. */
const seed = Number(process.env.HOLDFAST_SEED ?? 20_251_118);
const mutants = Number(process.env.HOLDFAST_MUTANTS ?? 3_000);
const undo = new Undo();
after(() => undo.run());

const valid = [
  'GET /a?b=c HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: curl/8.0\r\nCookie: a=b\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello',
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\n\r\n',
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\nabc',
  'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n',
  'GET http://a/.holdfast/trace HTTP/1.1\r\nHost: b\r\nX-Forwarded-For: 1.2.3.4, x\r\nVia: 1.1 holdfast\r\n\r\n',
  'HEAD / HTTP/1.0\r\n\r\n',
];
const scraps = [
  '\r\n',
  '\n',
  '\0',
  ':',
  ' ',
  '\t',
  'Content-Length: 3\r\n',
  'Transfer-Encoding: chunked\r\n',
  '\xff',
  '%',
  '//',
];

function mutate(random: Random): Buffer {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random.next() * list.length)]!;
  let text = pick(valid) + (random.next() < 0.3 ? pick(valid) : '');
  const changes = Math.floor(random.next() * 4);
  for (let change = 0; change < changes; change++) {
    const at = Math.floor(random.next() * text.length);
    const length = Math.floor(random.next() * 12);
    const kind = random.next();
    if (kind < 0.4) text = text.slice(0, at) + pick(scraps) + text.slice(at);
    else if (kind < 0.7) text = text.slice(0, at) + text.slice(at + length);
    else if (kind < 0.9) text = text.slice(0, at) + String.fromCharCode(random.next() * 256) + text.slice(at + 1);
    else text = text.slice(0, at) + text.slice(at, at + length).repeat(3) + text.slice(at);
  }
  return Buffer.from(text, 'latin1');
}

/** Sends in one or two pieces, then ends, resets or just leaves. */
function visit(port: number, random: Random): Promise<void> {
  const bytes = mutate(random);
  const cut = random.next() < 0.5 ? bytes.length : Math.floor(random.next() * bytes.length);
  const leaving = random.next();
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const timer = setTimeout(() => socket.destroy(), 100);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.on('connect', () => {
      socket.write(bytes.subarray(0, cut));
      setImmediate(() => {
        if (socket.destroyed) return;
        if (cut < bytes.length) socket.write(bytes.subarray(cut));
        if (leaving < 0.4) socket.end();
        else if (leaving < 0.6) socket.resetAndDestroy();
      });
    });
    socket.resume();
  });
}

test(`${mutants} mutated requests (seed ${seed}): the worker lives, and still answers`, {
  timeout: 120_000,
}, async () => {
  const { url } = await startOrigin(undo, (request, response) => {
    request.resume();
    if (request.url?.includes('b=c') === true) request.socket.destroy();
    else response.end('hello');
  });
  const { port, worker } = await startEdge(undo, {
    set: {
      versions: {},
      features: tinyFeatures,
      model: tinyModel,
      sites: { schema: 1, sites: [site(url, [blockRule('request.path.contains("%")')])] },
    },
    times: { answerMs: 200, bodyIdleMs: 200, continueMs: 20, tunnelIdleMs: 200 },
    trustedProxies: ['127.0.0.1'],
  });
  const random = seededRandom(seed);
  for (let done = 0; done < mutants; done += 50) {
    await Promise.all(Array.from({ length: 50 }, () => visit(port, random)));
  }
  assert.equal((await ask(port, '/')).body, 'hello');
  const { rejected, status5xxOwn, requests } = worker.health();
  const rejections = Object.values(rejected).reduce((sum, count) => sum + count, 0);
  console.log(`mutants: ${requests} requests, ${rejections} rejected: ${JSON.stringify(rejected)}`);
  assert.ok(rejections > mutants / 10 && requests > mutants / 10);
  assert.equal(status5xxOwn, 0);
});
