import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsOf } from '../../bundles/index.ts';
import type { Site } from '../../contract/kinds/sitesFile.ts';
import { systemClock } from '../../kernel/clock.ts';
import { moduleDeclarations } from '../../modules/all.ts';
import { phases } from '../../modules/row/declaration.ts';
import { compileRules } from '../../rules/index.ts';
import { madeSet } from '../pipeline/testing/made.ts';
import { inOrder, makeModules } from './all.ts';

const modules = inOrder(
  makeModules({
    clock: systemClock,
    seed: 1,
    secret: { first: 1, second: 2 },
    botOperators: [],
    askNames() {},
    fetch: () => undefined,
  }),
);

/** Says everything that a site can say. */
const site: Site = {
  name: 'shop',
  hosts: ['*'],
  origin: 'http://127.0.0.1:1',
  limits: { bodyBytesMax: 10, headBytesMax: 2_000 },
  requestHeaders: { set: [{ name: 'X-A', value: 'a' }] },
  responseHeaders: { remove: ['Server'] },
  redirects: [{ from: '/a', to: '/b' }],
  rules: [
    {
      name: 'limit',
      when: 'true',
      then: { action: 'limit', rate: 1, per: 'second', key: 'address' },
      dryRun: false,
      whenAbsent: 'block',
    },
    {
      name: 'block',
      when: 'request.method == "PUT"',
      then: { action: 'block', status: 403, body: '' },
      dryRun: false,
      whenAbsent: 'never-block',
    },
  ],
};
const rules = compileRules(site);
const everything = {
  name: site.name,
  said: site,
  settings: settingsOf(site)!,
  rules: rules.ok ? rules.value : assert.fail(),
};
const shadow = { probability: () => 1 } as never;

test('each declared module has its implementation, in the order in which a request meets them', () => {
  assert.deepEqual(
    modules.map(({ declaration }) => declaration),
    [...moduleDeclarations],
  );
});

test('a module acts in the phases that it declares, and in no other', () => {
  for (const module of modules) {
    const steps = module.compile({ ...madeSet, shadow }, everything) ?? {};
    const acts = phases.filter((phase) => steps[phase] !== undefined);
    assert.deepEqual(acts, [...module.declaration.phases], module.declaration.name);
  }
});

test('a site that says nothing has no module in its path that it did not ask for', () => {
  const plain: Site = { name: 'plain', hosts: ['*'], origin: 'http://127.0.0.1:1', rules: [] };
  const compiled = compileRules(plain);
  assert.ok(compiled.ok);
  const settled = { name: 'plain', said: plain, settings: settingsOf(plain)!, rules: compiled.value };
  const named = modules.filter((module) => module.compile(madeSet, settled) !== undefined);
  assert.deepEqual(
    named.map(({ declaration }) => declaration.name),
    ['verify', 'bots'],
  );
});
