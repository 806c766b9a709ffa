import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { withSteps } from '../../../src/edge/pipeline/substitute.ts';
import { ErrorReports, type Module } from '../../../src/edge/worker/index.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { silentLogger } from '../../../src/kernel/log.ts';
import {
  ask,
  blockRule,
  exchangeBytes,
  site,
  startEdge,
  startOrigin,
  tinyFeatures,
  tinyModel,
  Undo,
} from '../harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

const scoreOrigin = () =>
  startOrigin(undo, (request, response) => {
    request.resume();
    response.end(`score=${request.headers['holdfast-bot-score'] ?? 'none'}`);
  });
const longPath = `/${'a'.repeat(30)}`;
const browser = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language: en-US,en;q=0.5',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Upgrade-Insecure-Requests: 1',
];

test('every request is scored; the score reaches the origin and the trace', async () => {
  const { url } = await scoreOrigin();
  const { port } = await startEdge(undo, {
    set: {
      versions: { features: 12, model: 4, sites: 3, switches: 0 },
      features: tinyFeatures,
      model: tinyModel,
      sites: { schema: 1, sites: [site(url)] },
    },
  });
  assert.equal((await ask(port, longPath, browser)).body, 'score=87');
  const curl = await ask(port, '/.holdfast/trace', ['User-Agent: curl/8.0']);
  assert.equal(curl.headers['cache-control'], 'no-store');
  const expected = [
    'edge=test-edge',
    'worker=1',
    'site=default',
    'host=shop.example',
    'client=127.0.0.1',
    'version=1.1',
    /^header_order=[0-9a-f]{12}$/,
    'verified=false',
    'identity=no-claim',
    'score=1',
    'source=heuristics',
    /^heuristics=.+$/,
    'action=pass',
    'unknowns=0',
    'features=12',
    'model=4',
    'sites=3',
    'switches=0',
  ];
  const lines = curl.body.trimEnd().split('\n');
  assert.equal(lines.length, expected.length, curl.body);
  for (const [index, line] of expected.entries()) {
    if (typeof line === 'string') assert.equal(lines[index], line);
    else assert.match(lines[index]!, line);
  }
});

test('without features or model the score is absent, no header goes out, and no rule fires on it', async () => {
  const { url } = await scoreOrigin();
  const sites = { schema: 1 as const, sites: [site(url, [blockRule('bot.score < 30')])] };
  const { port, activate } = await startEdge(undo, { set: { versions: { sites: 1 }, sites } });
  assert.equal((await ask(port, '/', ['User-Agent: curl/8.0'])).body, 'score=none');
  assert.match(
    (await ask(port, '/.holdfast/trace')).body,
    /^score=absent\nabsent=no-features\naction=pass\nunknowns=1$/m,
  );
  activate({ versions: { sites: 1, features: 1 }, sites, features: tinyFeatures });
  assert.match((await ask(port, '/.holdfast/trace')).body, /^absent=no-model$/m);
  activate({ versions: { sites: 1, features: 1, model: 1 }, sites, features: tinyFeatures, model: tinyModel });
  const blocked = await ask(port, '/', ['User-Agent: curl/8.0']);
  assert.deepEqual([blocked.status, blocked.body, blocked.headers['holdfast-error']], [403, 'no\n', 'blocked']);
});

test('the edge’s own paths: the trace is never blocked, the rest is not found, nothing of it reaches the origin', async () => {
  const { url } = await scoreOrigin();
  const { port, worker } = await startEdge(undo, {
    set: {
      versions: {},
      sites: { schema: 1, sites: [site(url, [{ ...blockRule('true'), whenAbsent: 'block' }])] },
    },
  });
  assert.equal((await ask(port, '/')).status, 403);
  const trace = await ask(port, '/.holdfast/trace');
  assert.equal(trace.status, 200);
  assert.match(trace.body, /^action=block\nrule=block$/m);
  assert.equal((await ask(port, '/.holdfast/else')).status, 404);
  assert.equal((await ask(port, '/.holdfast/trace', ['Content-Length: 0'], 'POST')).status, 405);
  assert.deepEqual([worker.health().refusals, worker.health().status5xxOwn], [1, 0]);
});

test('without sites the edge says so, and the trace still answers', async () => {
  const { port, worker } = await startEdge(undo, { set: { versions: {} } });
  const answer = await ask(port, '/');
  assert.deepEqual([answer.status, answer.headers['holdfast-error']], [503, 'no-sites']);
  assert.match((await ask(port, '/.holdfast/trace')).body, /^site=none$/m);
  assert.equal(worker.health().status5xxOwn, 1);
});

test('switches: a killed module gives its neutral answer, from control and from this machine', async () => {
  const { url } = await scoreOrigin();
  const set = {
    versions: { features: 1, model: 1, sites: 1 },
    features: tinyFeatures,
    model: tinyModel,
    sites: { schema: 1 as const, sites: [site(url, [blockRule('bot.score < 30')])] },
  };
  const { port, activate } = await startEdge(undo, { set });
  const curl = () => ask(port, '/', ['User-Agent: curl/8.0']);
  assert.equal((await curl()).status, 403);
  assert.equal(activate(set, ['bots']).type, 'activated');
  assert.equal((await curl()).body, 'score=none');
  assert.match((await ask(port, '/.holdfast/trace')).body, /^absent=killed$/m);
  for (const killed of ['rules', 'action:block', 'rule:default/block'] as const) {
    activate({ ...set, switches: { schema: 1, killed: [killed] } });
    assert.equal((await curl()).body, 'score=1', killed);
  }
  activate(set);
  assert.equal((await curl()).status, 403);
});

test('requests keep the set they started with', async () => {
  const first = await startOrigin(undo, (request, response) => {
    request.resume();
    request.on('end', () => response.end('first origin'));
  });
  const second = await startOrigin(undo, (_request, response) => response.end('second origin'));
  const setOf = (version: number, url: string) => ({
    versions: { sites: version },
    sites: { schema: 1 as const, sites: [site(url)] },
  });
  const { port, activate } = await startEdge(undo, { set: setOf(1, first.url) });
  const reachedOrigin = new Promise((resolve) => first.server.once('request', resolve));
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString();
  });
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nConnection: close\r\n\r\nabc');
  await reachedOrigin;
  activate(setOf(2, second.url));
  assert.equal((await ask(port, '/')).body, 'second origin');
  socket.write('def');
  await new Promise((resolve) => socket.on('close', resolve));
  assert.match(received, /first origin$/);
});

test('a set that does not compile is refused with its reasons and the running one stays', async () => {
  const { url } = await scoreOrigin();
  const set = { versions: { sites: 1 }, sites: { schema: 1 as const, sites: [site(url)] } };
  const { port, activate } = await startEdge(undo, { set });
  const broken = { schema: 1 as const, sites: [site(url, [blockRule('bot.score <')])] };
  const reply = activate({ versions: { sites: 2 }, sites: broken });
  assert.equal(reply.type, 'refused');
  assert.ok(reply.type === 'refused' && reply.findings[0]?.reason === 'rule-invalid');
  const unknown = { schema: 1 as const, features: [{ ...tinyFeatures.features[0]!, extractor: 'none-such' }] };
  assert.equal(activate({ versions: { features: 9, sites: 1 }, features: unknown, sites: set.sites }).type, 'refused');
  const strange = { ...tinyModel, features: ['other'] };
  const mismatch = { versions: { features: 9 }, features: tinyFeatures, model: strange, sites: set.sites };
  assert.equal(activate(mismatch).type, 'refused');
  assert.equal((await ask(port, '/')).body, 'score=none');
  assert.match((await ask(port, '/.holdfast/trace')).body, /^sites=1$/m);
});

test('a module that throws at every request costs nobody an answer, and is left alone after a while', async () => {
  const { url } = await scoreOrigin();
  const reports = new ErrorReports(systemClock, silentLogger);
  let calls = 0;
  const head = () => {
    calls += 1;
    throw new TypeError(`cannot read properties of ${calls}`);
  };
  const failsAtHeads = (module: Module): Module =>
    withSteps(module, (steps) => (steps.head === undefined ? steps : { ...steps, head }));
  const { port, worker } = await startEdge(undo, {
    substitute: failsAtHeads,
    reports,
    set: {
      versions: {},
      features: tinyFeatures,
      model: tinyModel,
      sites: { schema: 1, sites: [site(url, [blockRule('true')])] },
    },
  });
  const requests = `GET / HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(10);
  const reasons = new Set<string>();
  for (let round = 0; round < 10; round++) {
    const answers = await exchangeBytes(port, requests, { until: /(score=none[\s\S]*){10}$/ });
    assert.equal(answers.match(/HTTP\/1\.1 200/g)?.length, 10);
    const trace = (await ask(port, '/.holdfast/trace')).body;
    reasons.add(/^absent=(.*)$/m.exec(trace)![1]!);
  }
  assert.deepEqual([...reasons], ['module-failed', 'circuit-open']);
  assert.ok(worker.health().moduleFailures >= 60 && calls < 90, `${calls} calls, each module gave up after about 20`);
  assert.equal(reports.groupCount, 6);
});
