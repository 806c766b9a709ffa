import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dataFolder } from '../../src/contract/dataFolder.ts';
import { ownErrors, rejections } from '../../src/contract/reasons/answerReasons.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { type ParsedSample, parsePrometheus } from './prometheus.ts';
import { type RealEdge, startRealEdge } from './realEdge.ts';

const cli = fileURLToPath(new URL('../../src/main/cli.ts', import.meta.url));
let edge: RealEdge;
let socket: string;

before(async () => {
  edge = await startRealEdge({ workers: 2 });
  socket = dataFolder(edge.data).adminSocket;
});
after(async () => {
  await edge.stop();
});

/** Sends bytes to the admin socket and gives all that comes until it is closed, or `msMax` have passed. */
function exchange(bytes: string | Uint8Array, msMax = 10_000): Promise<string> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    let said = '';
    const timer = setTimeout(() => connection.destroy(), msMax);
    connection.setEncoding('latin1').on('data', (text: string) => {
      said += text;
    });
    connection.on('error', () => {});
    connection.on('close', () => {
      clearTimeout(timer);
      resolve(said);
    });
    connection.write(bytes);
  });
}

async function get(path: string): Promise<{ status: number; head: string; text: string }> {
  const said = await exchange(`GET ${path} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n`);
  const [head = '', text = ''] = said.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head, text };
}

async function metrics(): Promise<readonly ParsedSample[]> {
  // A page may be as old as its limit says.
  await sleep(250);
  const { status, head, text } = await get('/metrics');
  assert.equal(status, 200);
  assert.match(head, /content-type: text\/plain; version=0\.0\.4/i);
  return parsePrometheus(text);
}

function sum(samples: readonly ParsedSample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  return samples
    .filter((sample) => sample.name === name && Object.entries(labels).every(([key, is]) => sample.labels[key] === is))
    .reduce((total, { value }) => total + value, 0);
}

async function untilCounted(requests: number): Promise<void> {
  await edge.until(
    'the requests are counted',
    async () => sum(await metrics(), 'holdfast_edge_requests_total') >= requests,
    20_000,
  );
}

test('the socket is its owner alone, and says that the edge lives and is ready', async () => {
  assert.equal(statSync(socket).mode & 0o777, 0o600);
  assert.deepEqual([(await get('/healthz')).status, (await get('/readyz')).text], [200, 'ready\n']);
});

test('metrics: valid text, every reason a label, and requests counted', async () => {
  for (let request = 0; request < 20; request++) assert.equal((await edge.get()).status, 200);
  await untilCounted(20);
  const samples = await metrics();
  for (const worker of ['1', '2']) {
    for (const reason of Object.keys(rejections)) {
      const of = samples.filter(({ name }) => name === 'holdfast_edge_rejections_total');
      assert.equal(of.filter(({ labels }) => labels.worker === worker && labels.reason === reason).length, 1, reason);
    }
    for (const [reason, { isWished }] of Object.entries(ownErrors)) {
      const of = samples.filter(({ name }) => name === 'holdfast_edge_own_errors_total');
      const shown = of.filter(({ labels }) => labels.worker === worker && labels.reason === reason).length;
      // What the site wants is no error: it is counted as a declining.
      assert.equal(shown, isWished === true ? 0 : 1, reason);
    }
  }
  const answered = sum(samples, 'holdfast_edge_origin_requests_total', { site: 'default', outcome: 'answered' });
  assert.equal(answered, sum(samples, 'holdfast_edge_requests_total'));
  assert.equal(sum(samples, 'holdfast_edge_answer_seconds_count'), answered);
  assert.equal(sum(samples, 'holdfast_edge_version_info', { kind: 'sites', version: '1' }), 2);
  assert.equal(sum(samples, 'holdfast_edge_workers_serving'), 2);
  assert.ok(sum(samples, 'holdfast_edge_worker_rss_bytes') > 2 * 30e6);
});

test('config and connections tell of every worker, and no secret', async () => {
  const config = JSON.parse((await get('/config')).text);
  const { workers } = await edge.status();
  assert.deepEqual(
    config.workers.map(({ pid, versions }: { pid: number; versions: object }) => [pid, versions]),
    workers.map(({ pid, versions }) => [pid, versions]),
  );
  assert.equal(config.options.listen.port, edge.port);
  const held = connect(edge.port, '127.0.0.1');
  await edge.until('the connection is seen', async () => JSON.parse((await get('/connections')).text).total.idle >= 1);
  held.destroy();
  await edge.until('it is gone', async () => JSON.parse((await get('/connections')).text).total.open === 0);
});

test('a worker is killed: no sum goes down, the death is counted, and readiness follows who serves', async () => {
  const counters = ({ name }: ParsedSample) => /_total$|_bucket$|_count$/.test(name);
  const before = (await metrics()).filter(counters);
  const [victim] = (await edge.status()).workers;
  process.kill(victim!.pid, 'SIGKILL');
  const key = ({ name, labels }: ParsedSample) => JSON.stringify([name, labels]);
  let serving = 0;
  while (serving < 2) {
    const samples = await metrics();
    const now = new Map(samples.map((sample) => [key(sample), sample.value]));
    for (const sample of before) assert.ok((now.get(key(sample)) ?? -1) >= sample.value, key(sample));
    const deaths = { worker: String(victim!.slot), how: 'signal' };
    assert.equal(sum(samples, 'holdfast_edge_worker_deaths_total', deaths), 1);
    assert.equal((await get('/readyz')).status, 200, 'the other one serves');
    serving = sum(samples, 'holdfast_edge_workers_serving');
  }
  const requests = sum(await metrics(), 'holdfast_edge_requests_total');
  for (let request = 0; request < 20; request++) assert.equal((await edge.get()).status, 200);
  await untilCounted(requests + 20);
  assert.equal(sum(await metrics(), 'holdfast_edge_worker_starts_total', { worker: String(victim!.slot) }), 2);
});

test('with every worker stopped dead it answers, at once, and says that nobody is there to serve', async () => {
  const { workers } = await edge.status();
  for (const { pid } of workers) process.kill(pid, 'SIGSTOP');
  const startMs = performance.now();
  assert.equal((await get('/healthz')).status, 200);
  assert.ok(performance.now() - startMs < 2_000);
  await edge.until('not ready', async () => (await get('/readyz')).status === 503, 20_000);
  await edge.until('others serve', async () => (await get('/readyz')).status === 200);
  assert.equal(sum(await metrics(), 'holdfast_edge_worker_deaths_total', { how: 'hung' }), 2);
});

test('what is no GET or HEAD, carries a body or is too long is refused', async () => {
  const refused = async (request: string) => /^HTTP\/1\.1 (\d+)/.exec(await exchange(request))?.[1];
  const head = 'Host: admin\r\nConnection: close\r\n';
  assert.equal(await refused(`POST /metrics HTTP/1.1\r\n${head}Content-Length: 3\r\n\r\nabc`), '405');
  assert.equal(await refused(`DELETE / HTTP/1.1\r\n${head}\r\n`), '405');
  assert.equal(await refused(`GET /metrics HTTP/1.1\r\n${head}Content-Length: 3\r\n\r\nabc`), '413');
  assert.equal(await refused(`GET /metrics HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`), '413');
  assert.equal(await refused(`GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${head}\r\n`), '431');
  assert.equal(await refused(`GET /nothing HTTP/1.1\r\n${head}\r\n`), '404');
  assert.match(await exchange(`HEAD /healthz HTTP/1.1\r\n${head}\r\n`), /^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/);
});

test('rubbish, and more connections than there may be: it goes on, and the edge serves', async () => {
  const random = seededRandom(20);
  const pieces = [
    'GET ',
    '/metrics',
    ' HTTP/1.1',
    '\r\n',
    'Host: a',
    ':',
    '\0',
    'Content-Length: 5',
    '\r\n\r\n',
    'PRI * HTTP/2.0',
  ];
  const rubbish = (length: number) =>
    Array.from({ length }, () => pieces[Math.floor(random.next() * pieces.length)]).join('');
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 20 }, () => exchange(rubbish(1 + Math.floor(random.next() * 12)), 100)));
  }
  const bytes = Uint8Array.from({ length: 65_536 }, () => Math.floor(random.next() * 256));
  await exchange(bytes, 500);
  const held = Array.from({ length: 200 }, () => connect(socket).on('error', () => {}));
  await sleep(200);
  for (const connection of held) connection.destroy();
  await edge.until('it answers', async () => (await get('/healthz')).status === 200, 10_000);
  assert.equal((await edge.get()).status, 200);
  assert.equal(edge.supervisor.exitCode, null);
  assert.deepEqual(
    edge.log.filter(({ event }) => event === 'admin-answer-failed'),
    [],
  );
});

test('holdfast edge status', async () => {
  const said = execFileSync(process.execPath, [cli, 'edge', 'status', '--data', edge.data], { encoding: 'utf8' });
  assert.match(said, /^ready\n/);
  assert.match(said, /worker 2 {4}pid \d+, serves, features 0, model 0, sites 1, \d+ connections/);
  const json = execFileSync(process.execPath, [cli, 'edge', 'status', '--data', edge.data, '--json'], {
    encoding: 'utf8',
  });
  assert.equal(JSON.parse(json).config.workers.length, 2);
});

test('while it ends it is alive and not ready', async () => {
  const isOpen = async (count: number) => JSON.parse((await get('/connections')).text).total.open === count;
  await edge.until('none is open', () => isOpen(0), 5_000);
  // Half a request keeps the edge from ending at once.
  const open = connect(edge.port, '127.0.0.1');
  open.on('error', () => {});
  open.write('GET / HTTP/1.1\r\nHost: a.');
  await edge.until('it is there', () => isOpen(1), 5_000);
  edge.supervisor.kill('SIGTERM');
  await edge.until('draining', async () => (await get('/readyz')).text === 'draining: the edge ends\n', 5_000);
  assert.equal((await get('/healthz')).status, 200);
  open.destroy();
});
