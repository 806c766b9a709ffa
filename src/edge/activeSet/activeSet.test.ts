import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SitesFile } from '../../contract/kinds/sitesFile.ts';
import { ActiveSetBuilder } from './activeSet.ts';

function sitesFile(rule: string): SitesFile {
  const site = { name: 'shop', hosts: ['*'], origin: 'http://127.0.0.1:1' };
  const then = { action: 'block', status: 403, body: '' } as const;
  const rules = [{ name: rule, when: 'request.method == "PUT"', then, dryRun: false, whenAbsent: 'ignore' }];
  return { schema: 1, sites: [{ ...site, rules }] } as unknown as SitesFile;
}

test('a set compiles what is another file than before, and that alone', () => {
  const builder = new ActiveSetBuilder();
  const build = (sites: SitesFile | undefined, version: number, killed: readonly 'bots'[] = []) => {
    const set = { versions: { sites: version }, ...(sites === undefined ? {} : { sites }) };
    const built = builder.build(set, killed);
    assert.ok(built.ok, JSON.stringify(built));
    return built.value;
  };
  const file = sitesFile('one');
  const first = build(file, 1);
  const killed = build(file, 1, ['bots']);
  assert.equal(killed.sites, first.sites);
  assert.deepEqual([first.isKilled, killed.isKilled?.('bots')], [undefined, true]);
  const other = build(sitesFile('two'), 2);
  assert.notEqual(other.sites, first.sites);
  assert.deepEqual(other.versions, { sites: 2 });
  assert.equal(build(undefined, 2).sites, undefined);
});

test('a file that does not compile is refused, and the one before still compiles nothing again', () => {
  const builder = new ActiveSetBuilder();
  const file = sitesFile('one');
  const before = builder.build({ versions: {}, sites: file }, []);
  const broken = structuredClone(file) as unknown as { sites: { rules: { when: string }[] }[] };
  broken.sites[0]!.rules[0]!.when = 'request.method ==';
  const refused = builder.build({ versions: {}, sites: broken as unknown as SitesFile }, []);
  assert.equal(refused.ok, false);
  const after = builder.build({ versions: {}, sites: file }, []);
  assert.ok(before.ok && after.ok && after.value.sites === before.value.sites);
});
