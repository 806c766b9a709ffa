import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ask, eventually, type HoldfastUp, startHoldfast, trace } from '../support/holdfastUp.ts';

/*
 * A configuration file in the hands of its operator: broken at start, broken at reload, mended, and what the November
 * rule set does to it.
 */
const launcher = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'holdfast-configuration-'));
const file = join(folder, 'holdfast.yaml');
const origin = createServer((_request, response) => response.end('from the origin'));
let originUrl = '';
let holdfast: HoldfastUp;

const rules = (...lines: string[]) =>
  `sites:\n  - hosts: [shop.example]\n    origin: ${originUrl}\n    rules:\n${lines.join('\n')}\n`;
const rule = (name: string, when: string, then: string) =>
  `      - name: ${name}\n        when: ${when}\n        then: ${then}`;
const asBot = { headers: { host: 'shop.example', 'user-agent': 'curl/8.0', accept: '*/*' } };

before(async () => {
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  originUrl = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  writeFileSync(file, rules(rule('block bots', 'bot.score < 30 && !bot.verified', 'block')));
  holdfast = await startHoldfast(['--config', file, '--workers', '2', '--factory-every', '3600']);
});
after(async () => {
  await holdfast?.stop();
  origin.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a broken file at start: every problem with its place, exit 1, nothing left running', async () => {
  const broken = join(folder, 'broken.yaml');
  writeFileSync(
    broken,
    'listne: 0.0.0.0:80\nsites:\n  - hosts: [a b]\n    origin: ftp://x\n    rules:\n      - name: r\n        when: bot.scroe < 30\n        then: blokc\n',
  );
  const { code, said } = await new Promise<{ code: number | null; said: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [launcher, 'up', '--config', broken, '--data', join(folder, 'data')],
      (_error, stdout, stderr) => resolve({ code: child.exitCode, said: stdout + stderr }),
    );
  });
  assert.equal(code, 1, said);
  for (const place of [
    /broken\.yaml:1:1: .*listne/,
    /broken\.yaml:3:\d+/,
    /broken\.yaml:4:\d+/,
    /broken\.yaml:7:\d+.*scroe/,
    /broken\.yaml:8:\d+: then must be one of/,
  ]) {
    assert.match(said, place);
  }
  assert.match(said, /5 problems/);
});

test('the rule works: a bot is refused, an unknown host is 421', async () => {
  assert.equal((await ask(`${holdfast.edgeUrl}/`, asBot)).status, 403);
  assert.equal((await ask(`${holdfast.edgeUrl}/`, { headers: { host: 'other.example' } })).status, 421);
});

test('broken at reload: refused out loud, the running one stays', async () => {
  const before_ = await trace(holdfast.edgeUrl, asBot);
  writeFileSync(file, rules(rule('block bots', 'bot.score < ', 'block')));
  const reloaded = await holdfast.cli('reload');
  assert.equal(reloaded.code, 1, reloaded.stdout + reloaded.stderr);
  assert.match(reloaded.stdout + reloaded.stderr, /\d+:\d+|rule-invalid/);
  assert.equal((await ask(`${holdfast.edgeUrl}/`, asBot)).status, 403);
  assert.equal((await trace(holdfast.edgeUrl, asBot)).sites, before_.sites);
});

test('a rule set that would be November again is refused, with the names of its rules', async () => {
  writeFileSync(file, rules(rule('let people in', 'bot.score >= 30', 'allow'), rule('nobody else', 'true', 'block')));
  const checked = await holdfast.cli('reload');
  assert.equal(checked.code, 1);
  assert.match(checked.stdout + checked.stderr, /nobody else/);
  assert.equal((await ask(`${holdfast.edgeUrl}/`, asBot)).status, 403, 'the running one stays');
});

test('mended: SIGHUP takes it on every worker, and nobody is refused meanwhile', async () => {
  const before_ = await trace(holdfast.edgeUrl, asBot);
  writeFileSync(file, rules(rule('only log', 'bot.score < 30', 'log')));
  holdfast.process.kill('SIGHUP');
  const workers = new Map<string, string>();
  await eventually('both workers with the new sites', async () => {
    const seen = await trace(holdfast.edgeUrl, asBot);
    workers.set(seen.worker!, seen.sites!);
    const versions = [...workers.values()];
    return versions.length === 2 && versions.every((version) => Number(version) > Number(before_.sites))
      ? true
      : undefined;
  });
  const answer = await ask(`${holdfast.edgeUrl}/`, asBot);
  assert.deepEqual([answer.status, answer.body], [200, 'from the origin']);
});
