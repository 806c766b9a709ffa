import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { BotOperator, OperatorEvidence } from '../../contract/verifiedBots.ts';
import { systemClock } from '../../kernel/clock.ts';
import { systemDisk } from '../../kernel/disk.ts';
import type { LogFields } from '../../kernel/log.ts';
import { MadeUpClock } from '../../kernel/testing/madeUpClock.ts';
import { BotEvidence, type FetchDocument } from './botEvidence.ts';
import { fetchDocument } from './fetchDocument.ts';
import { verifyLimits } from './limits.ts';

/** What the operators' servers answer, by path; absent: 404. */
const answers = new Map<string, { readonly body?: string; readonly location?: string; readonly hangs?: true }>();
const asked: string[] = [];
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  asked.push(pathname);
  const answer = answers.get(pathname);
  if (answer === undefined) response.writeHead(404).end('no\n');
  else if (answer.location !== undefined) response.writeHead(302, { location: answer.location }).end();
  else response.end(answer.body);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const root = mkdtempSync(join(tmpdir(), 'holdfast-bots-'));
after(() => {
  server.close();
  server.closeAllConnections();
  rmSync(root, { recursive: true, force: true });
});

const x = 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs';
const directory = '/.well-known/http-message-signatures-directory';
const ranges = JSON.stringify({ prefixes: [{ ipv4Prefix: '192.0.2.0/24' }, { ipv6Prefix: '2001:db8::/48' }] });
const bot: BotOperator = {
  name: 'bot',
  category: 'search',
  agents: ['Bot'],
  ranges: [`${origin}/ips.json`],
  signers: [origin],
};

let folders = 0;
function start(
  operators: readonly BotOperator[] = [bot],
  options: { readonly folder?: string; readonly online?: boolean } = {},
) {
  const folder = options.folder ?? join(root, `folder-${++folders}`);
  const clock = new MadeUpClock({ nowMs: 0 });
  const told: OperatorEvidence[] = [];
  const warned: LogFields[] = [];
  const logger = { info() {}, error() {}, warn: (_: string, fields: LogFields = {}) => void warned.push(fields) };
  const fetch: FetchDocument = (url, bytesMax, stop) => fetchDocument(url, bytesMax, stop, systemClock);
  const evidence = new BotEvidence({
    operators,
    urgent: new Set(['bot']),
    folder,
    fetch: options.online === false ? undefined : fetch,
    disk: systemDisk,
    clock,
    logger,
    tell: (each) => told.push(each),
  });
  return {
    evidence,
    clock,
    told,
    warned,
    folder,
    later: (ms: number) => {
      clock.nowMs += ms;
      return evidence.refreshDue();
    },
  };
}

test('ranges and keys are fetched ahead, told once, kept on the disk, and there for the next agent without its source', async () => {
  answers.set('/ips.json', { body: ranges });
  answers.set(directory, {
    body: JSON.stringify({ keys: [{ kty: 'RSA' }, { kty: 'OKP', crv: 'Ed25519', x, exp: 1_900_000_000_000 }] }),
  });
  const { evidence, told, folder, later } = start();
  assert.deepEqual(evidence.all(), [], 'not known yet is not the same as nothing');
  await evidence.refreshDue();
  const expected = {
    operator: 'bot',
    ranges: ['192.0.2.0/24', '2001:db8::/48'],
    areRangesFresh: true,
    keys: [{ x, expiresS: 1_900_000_000 }],
  };
  const sorted = (each: OperatorEvidence) => ({ ...each, ranges: each.ranges?.toSorted() ?? null });
  assert.deepEqual(told.map(sorted), [expected]);
  await later(verifyLimits.refreshMs);
  assert.equal(told.length, 1, 'nothing changed');
  answers.clear();
  const next = start([bot], { folder });
  assert.deepEqual(next.evidence.all().map(sorted), [expected]);
  await next.later(verifyLimits.firstRefreshMs);
  assert.deepEqual(
    next.warned.map(({ operator, message }) => [operator, message]),
    [['bot', `${origin}/ips.json: answered 404`]],
  );
  assert.deepEqual(next.told.map(sorted), [expected], 'the last good stays');
  await next.later(verifyLimits.freshMs + verifyLimits.refreshMs);
  assert.equal(next.told.at(-1)!.areRangesFresh, false, 'but calls nobody a liar after a while');
});

test('a source that is away is asked again later and later, not in a row', async () => {
  answers.clear();
  const { evidence, later, told, warned } = start();
  await evidence.refreshDue();
  assert.deepEqual(told, [{ operator: 'bot', ranges: null, areRangesFresh: false, keys: [] }]);
  await later(verifyLimits.retryMsFirst - 1);
  assert.equal(warned.length, 1);
  await later(1);
  assert.equal(warned.length, 2);
  await later(verifyLimits.retryMsFirst);
  assert.equal(warned.length, 2);
  await later(verifyLimits.retryMsFirst);
  assert.equal(warned.length, 3);
});

for (const [what, answer, says] of [
  ['an error page', { body: '<html>' }, /no networks in it/],
  ['the whole internet', { body: '{"a":["0.0.0.0/0"]}' }, /wider than any operator's network/],
  ['more than its bound', { body: 'x'.repeat((4 << 20) + 1) }, /more than 4194304 bytes/],
  ['a way to plain http', { location: 'http://127.0.0.1:1/ips.json' }, /which is not https/],
  ['a way to nowhere', { location: 'file:///etc/passwd' }, /which is not https/],
  [
    'a list that lost nearly all',
    { body: '["192.0.2.0/24"]' },
    /1 networks where there were 4: the last good list stays/,
  ],
] as const) {
  test(`refused, and the last good stays: ${what}`, async () => {
    const only: BotOperator = { ...bot, signers: [] };
    answers.set('/ips.json', { body: '["192.0.2.0/24","198.51.100.0/24","203.0.113.0/24","2001:db8::/32"]' });
    const { evidence, later, told, warned } = start([only]);
    await evidence.refreshDue();
    answers.set('/ips.json', answer);
    await later(verifyLimits.refreshMs);
    assert.match(String(warned[0]?.message), says);
    assert.equal(told.length, 1);
    assert.equal(told[0]!.ranges!.length, 4);
  });
}

test('a list that stays small is believed after a week', async () => {
  answers.set('/ips.json', { body: '["192.0.2.0/24","198.51.100.0/24","203.0.113.0/24","2001:db8::/32"]' });
  const { evidence, later, told } = start([{ ...bot, signers: [] }]);
  await evidence.refreshDue();
  answers.set('/ips.json', { body: '["192.0.2.0/24"]' });
  await later(verifyLimits.shrinkBelievedMs + 1);
  assert.deepEqual(told.at(-1)!.ranges, ['192.0.2.0/24']);
});

test('http is for this machine alone', async () => {
  await assert.rejects(
    fetchDocument('http://192.0.2.1/ips.json', 10, new AbortController().signal, systemClock),
    /is not https/,
  );
});

test('no more is taken than the bound, however much is sent', async () => {
  answers.set('/long', { body: 'x'.repeat(100) });
  const stop = new AbortController().signal;
  assert.equal((await fetchDocument(`${origin}/long`, 100, stop, systemClock)).length, 100);
  await assert.rejects(fetchDocument(`${origin}/long`, 99, stop, systemClock), /more than 99 bytes/);
});

test('without a network: files are read, what is on the disk counts, nothing is fetched', async () => {
  asked.length = 0;
  const path = join(root, 'ranges.txt');
  writeFileSync(path, '192.0.2.0/24\n');
  const { evidence, told } = start([bot, { ...bot, name: 'filed', ranges: [path], signers: [] }], { online: false });
  assert.deepEqual(
    evidence.all().map(({ operator, ranges }) => [operator, ranges]),
    [
      ['bot', null],
      ['filed', null],
    ],
  );
  await evidence.refreshDue();
  assert.deepEqual(asked, []);
  assert.deepEqual(
    told.map(({ operator, ranges }) => [operator, ranges]),
    [['bot', null]],
  );
});

test('a file on the disk that is not ours is nothing', async () => {
  answers.set('/ips.json', { body: ranges });
  const { evidence, folder } = start([{ ...bot, signers: [] }]);
  await evidence.refreshDue();
  const path = join(folder, 'bot.json');
  assert.equal((JSON.parse(readFileSync(path, 'utf8')) as { schema: number }).schema, 1);
  for (const text of [
    '',
    '{',
    'null',
    '{"schema":2}',
    '{"schema":1,"ranges":[7],"rangesAtMs":0,"keys":[],"keysAtMs":0}',
  ]) {
    writeFileSync(path, text);
    assert.deepEqual(start([{ ...bot, signers: [] }], { folder }).evidence.all(), [], text);
  }
});
