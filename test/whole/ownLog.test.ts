import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrainingReport } from '../../src/training/index.ts';
import { recordedTraffic, type TrafficRequest } from '../../src/training/traffic/makeTraffic.ts';
import { eventually, type HoldfastUp, startHoldfast } from '../support/holdfastUp.ts';

/*
 * The whole way of a site's own model: recorded clients visit in their own time, the log of it is learned from, the model is
 * published and judges. It takes as long as visits take, so it runs where somebody asks for it; its parts are tested always.
 */
const skip = process.env.HOLDFAST_TEST_WHOLE === '1' ? false : 'runs with HOLDFAST_TEST_WHOLE=1';
let holdfast: HoldfastUp | undefined;
let origin: Server | undefined;
after(async () => {
  origin?.closeAllConnections();
  origin?.close();
  await holdfast?.stop();
});

test('a model learns from what the edge logged of recorded clients, and is published', {
  skip,
  timeout: 600_000,
}, async (context) => {
  origin = createServer((request, response) => {
    if (request.headers.cookie === undefined) response.setHeader('set-cookie', 'sid=1; path=/');
    response.end('a page');
  });
  await new Promise<void>((resolve) => origin!.listen(0, '127.0.0.1', resolve));
  const originUrl = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  holdfast = await startHoldfast(['--workers', '1', '--origin', originUrl, '--trusted-proxy', '127.0.0.1/32']);
  const { cli, data, edgeUrl } = holdfast;
  const out = join(data, 'own');

  const answers = async () => ((await cli('query', 'SELECT 1')).code === 0 ? true : undefined);
  await eventually('ClickHouse answers', answers, 30_000);
  const before = await cli('train', '--own-log', '--quick', '--out', out);
  assert.equal(before.code, 1);
  assert.match(before.stderr, /the log has no scored request in this time/);

  const sent = await visitTimes(3, Number(new URL(edgeUrl).port));
  await eventually(
    'all of it is in the log',
    async () =>
      Number((await cli('query', 'SELECT count() FROM http_requests_features')).stdout.split('\n')[1]) >= sent
        ? true
        : undefined,
    30_000,
  );
  const trained = await cli('train', '--own-log', '--quick', '--out', out);
  assert.equal(trained.code, 0, trained.stderr);
  const report = JSON.parse(readFileSync(join(out, 'model-report.json'), 'utf8')) as TrainingReport;
  const { clients, evaluation, faults } = report.ownLog!;
  context.diagnostic(JSON.stringify({ sent, clients, evaluation }));
  assert.deepEqual(faults, []);
  assert.ok(clients.visit >= 35 && clients.heuristics > 100, JSON.stringify(clients));
  assert.ok(evaluation.own.auc >= evaluation.shipped.auc - 0.001);
  assert.match(readFileSync(join(out, 'model-report.md'), 'utf8'), /## The site’s own log/);

  const published = await cli('model', 'publish', join(out, 'model.json'), '--accept-shift');
  assert.equal(published.code, 0, published.stderr);
  const inForce = async () => {
    const { stdout } = await cli('model', 'status', '--local', '--json');
    return (JSON.parse(stdout) as { versions: { model: number } }).versions.model === 1 ? true : undefined;
  };
  await eventually('the edge judges by it', inForce, 60_000);
});

/** Each recorded client that spoke HTTP/1.1, so many times, each time from another address, all at once; how many requests that were. */
async function visitTimes(times: number, port: number): Promise<number> {
  const sessions = new Map<number, TrafficRequest[]>();
  for (const request of recordedTraffic(7).requests) {
    if (request.head.version !== '1.1') continue;
    const session = sessions.get(request.session) ?? [];
    session.push(request);
    sessions.set(request.session, session);
  }
  const visits = [...sessions.values()].flatMap((requests, index) =>
    Array.from({ length: times }, (_, time) => visit(requests, `10.${time}.${index & 255}.${(index >> 8) + 1}`, port)),
  );
  return (await Promise.all(visits)).reduce((sum, count) => sum + count, 0);
}

async function visit(requests: readonly TrafficRequest[], address: string, port: number): Promise<number> {
  let before = requests[0]!.atMs;
  for (const { atMs, head } of requests) {
    await sleep(Math.min(10_000, atMs - before));
    before = atMs;
    await send(rawHead(head, address), port);
  }
  return requests.length;
}

const leftOut = new Set(['transfer-encoding', 'x-forwarded-for', 'x-forwarded-proto', 'expect', 'upgrade']);

function rawHead({ method, target, rawHeaders, scheme }: TrafficRequest['head'], address: string): string {
  let text = `${method} ${target} HTTP/1.1\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    // Where the browser had it, but nothing follows.
    if (name.toLowerCase() === 'content-length') text += `${name}: 0\r\n`;
    else if (!leftOut.has(name.toLowerCase())) text += `${name}: ${rawHeaders[index + 1]}\r\n`;
  }
  return `${text}X-Forwarded-For: ${address}\r\nX-Forwarded-Proto: ${scheme}\r\n\r\n`;
}

function send(head: string, port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(head, 'latin1'));
    socket.once('data', () => socket.destroy());
    socket.once('error', () => {});
    socket.once('close', () => resolve());
  });
}
