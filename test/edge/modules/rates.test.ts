import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import type { Rule } from '../../../src/contract/kinds/sitesFile.ts';
import { MadeUpClock } from '../../../src/kernel/testing/madeUpClock.ts';
import { ask, blockRule, site, startEdge, startOrigin, tinyFeatures, tinyModel, Undo } from '../harness.ts';
import { startLog } from '../startLog.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

interface Limit {
  readonly rate: number;
  readonly per: 'second' | 'minute' | 'hour' | 'day';
  readonly burst?: number;
  readonly key?: string;
}

function limitRule(limit: Limit, said: Partial<Rule> = {}): Rule {
  return {
    name: 'limit',
    when: 'true',
    then: { action: 'limit', key: 'address', ...limit },
    dryRun: false,
    whenAbsent: 'never-block',
    ...said,
  };
}

async function edgeWith(rules: readonly Rule[], more: Partial<Parameters<typeof startEdge>[1]> = {}) {
  const { url } = await startOrigin(undo);
  const set = {
    versions: { sites: 1 },
    features: tinyFeatures,
    model: tinyModel,
    sites: { schema: 1 as const, sites: [site(url, rules)] },
  };
  return { ...(await startEdge(undo, { set, ...more })), set };
}

test('a burst passes, then 429 with the fields that say when to come again', async () => {
  const { port, worker } = await edgeWith([limitRule({ rate: 2, per: 'hour', burst: 3 })]);
  const statuses = [];
  for (let count = 0; count < 4; count++) statuses.push((await ask(port, '/')).status);
  assert.deepEqual(statuses, [200, 200, 200, 429]);
  const limited = await ask(port, '/');
  assert.equal(limited.headers['holdfast-error'], 'rate-limited');
  assert.equal(limited.headers['ratelimit-policy'], '"limit";q=2;w=3600;holdfast-burst=3');
  assert.match(limited.headers.ratelimit!, /^"limit";r=0;t=1[78]\d\d$/);
  const retryAfterS = Number(limited.headers['retry-after']);
  assert.ok(retryAfterS > 1_700 && retryAfterS <= 1_800, `${retryAfterS} s`);
  assert.deepEqual([worker.health().refusals, worker.health().status5xxOwn], [2, 0]);
});

test('tokens come in again with the time', async () => {
  const clock = new MadeUpClock();
  const { port } = await edgeWith([limitRule({ rate: 60, per: 'minute', burst: 1 })], { clock });
  const next = async () => (await ask(port, '/')).status;
  assert.deepEqual([await next(), await next()], [200, 429]);
  clock.nowMs += 1_000;
  assert.deepEqual([await next(), await next()], [200, 429]);
});

test('each key has a bucket of its own; without the key the limit does not apply', async () => {
  const { port } = await edgeWith([limitRule({ rate: 1, per: 'hour', key: 'cookie session' })]);
  const as = async (cookie: string | null, path = '/') =>
    (await ask(port, path, cookie === null ? [] : [`Cookie: a=b; session=${cookie}`])).status;
  assert.deepEqual([await as('ann'), await as('bob'), await as('ann'), await as('bob')], [200, 200, 429, 429]);
  assert.deepEqual([await as(null), await as(null)], [200, 200]);
});

test('keys of each kind tell apart what differs in them', async () => {
  const kinds: readonly (readonly [key: string, one: readonly string[], other: readonly string[]])[] = [
    ['header x-key', ['X-Key: a'], ['X-Key: b']],
    ['header-order', ['Accept: a', 'Accept-Language: b'], ['Accept-Language: b', 'Accept: a']],
  ];
  for (const [key, one, other] of kinds) {
    const { port } = await edgeWith([limitRule({ rate: 1, per: 'hour', key })]);
    const asked = async (headers: readonly string[]) => (await ask(port, '/', headers)).status;
    assert.deepEqual([await asked(one), await asked(other), await asked(one)], [200, 200, 429], key);
    await undo.run();
  }
  for (const key of ['address', 'network', 'client']) {
    const { port } = await edgeWith([limitRule({ rate: 1, per: 'hour', key })], { trustedProxies: ['127.0.0.1'] });
    const from = async (address: string) => (await ask(port, '/', [`X-Forwarded-For: ${address}`])).status;
    assert.deepEqual(
      [await from('192.0.2.1'), await from('198.51.100.1'), await from('192.0.2.1')],
      [200, 200, 429],
      key,
    );
    assert.equal(await from('192.0.2.9'), key === 'network' ? 429 : 200, `${key}: a neighbour`);
    assert.equal(await from('::ffff:c000:201'), 429, `${key}: another spelling`);
    await undo.run();
  }
  const { port } = await edgeWith([limitRule({ rate: 1, per: 'hour', key: 'path' })]);
  const at = async (path: string) => (await ask(port, path)).status;
  assert.deepEqual([await at('/a?1'), await at('/b'), await at('/a?2')], [200, 200, 429]);
});

test('rules go on in their order: allow spares, block takes no token, a dry limit only notes', async () => {
  const allow = { ...blockRule('request.path == "/health"', 'health'), then: { action: 'allow' } as const };
  const { port } = await edgeWith([allow, limitRule({ rate: 1, per: 'hour' }), blockRule('request.path == "/bad"')]);
  const at = async (path: string) => (await ask(port, path)).status;
  assert.deepEqual([await at('/health'), await at('/health')], [200, 200]);
  assert.deepEqual([await at('/bad'), await at('/bad')], [403, 403]);
  assert.deepEqual([await at('/'), await at('/')], [200, 429]);
  assert.equal((await ask(port, '/.holdfast/trace')).status, 200, 'the trace spends nothing');
  await undo.run();
  const dry = await edgeWith([limitRule({ rate: 1, per: 'hour' }, { dryRun: true })]);
  assert.deepEqual([(await ask(dry.port, '/')).status, (await ask(dry.port, '/')).status], [200, 200]);
  assert.equal(dry.worker.health().refusals, 0);
});

test('switches: the module, the action and the rule each turn it off', async () => {
  const { port, activate, set } = await edgeWith([limitRule({ rate: 1, per: 'hour' })]);
  const next = async () => (await ask(port, '/')).status;
  assert.deepEqual([await next(), await next()], [200, 429]);
  for (const killed of ['rates', 'rules', 'action:limit', 'rule:default/limit'] as const) {
    activate({ ...set, switches: { schema: 1, killed: [killed] } });
    assert.equal(await next(), 200, killed);
  }
  activate(set);
  assert.equal(await next(), 429, 'buckets outlive the set');
});

test('the workers of an edge spend of the same buckets', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-rates-'));
  undo.add(() => rmSync(folder, { recursive: true, force: true }));
  const rules = [limitRule({ rate: 10, per: 'hour', burst: 10 })];
  const one = await edgeWith(rules, { peersFolder: folder, slot: 1 });
  const other = await edgeWith(rules, { peersFolder: folder, slot: 2 });
  const count = async (edge: { readonly port: number }) => (await ask(edge.port, '/')).status;
  // They have found each other when the second one knows what the first one spent.
  let spent = 0;
  while (one.worker.peers === 0 || other.worker.peers === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  let admitted = 0;
  for (let turn = 0; turn < 40; turn++) {
    if ((await count(turn % 2 === 0 ? one : other)) === 200) admitted += 1;
    spent += 1;
    // Longer than news take: what is older than that is known everywhere.
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  assert.equal(admitted, 10, `${spent} asked`);
});

test('the log has a column for who was limited, and none for who was not', async () => {
  const { path, records } = await startLog(undo);
  const rules = [
    limitRule({ rate: 1, per: 'day' }, { name: 'dry', dryRun: true }),
    limitRule({ rate: 1, per: 'hour' }),
  ];
  const { port } = await edgeWith(rules, { logSocket: path });
  for (let count = 0; count < 2; count++) await ask(port, '/');
  while (records.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(
    records.map(({ status, columns }) => [status, columns && { ...columns }]),
    [
      [200, undefined],
      [429, { limited_by: 'limit', would_limit: 'dry' }],
    ],
  );
});
