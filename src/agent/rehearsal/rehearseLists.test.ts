import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listsOf } from '../../../test/support/lists.ts';
import { head, rule, site } from '../../../test/support/ruleSamples.ts';
import { rehearseLists } from './rehearseLists.ts';

const sites = { schema: 1, sites: [site(rule('ip.hosting'), rule('request.path == "/closed"'))] } as const;
const old = listsOf([['198.51.100.0/24', 'hosting']]);
const next = listsOf([['192.0.2.0/24', 'hosting']]);
const requests = (count: number, parts: Parameters<typeof head>[0] = {}) =>
  Array.from({ length: count }, () => head(parts));

const listed = requests(6, { clientAddress: '192.0.2.7' });
const others = requests(16, { clientAddress: '203.0.113.7' });

test('more than a fifth of those that pass: refused, however many were blocked before or ask for no site of ours', () => {
  const blocked = requests(50, { path: '/closed' });
  const strangers = requests(50, { host: 'other.example' });
  for (const more of [[], blocked, strangers, [...blocked, ...strangers]]) {
    const [finding, ...rest] = rehearseLists(old, next, sites, [...listed, ...others, ...more], false);
    assert.deepEqual(rest, []);
    assert.equal(finding?.reason, 'rehearsal-blocks');
    assert.equal(finding.value, 6 / 22);
    assert.match(finding.message, /27 % of 22 recent requests/);
    assert.deepEqual(finding.names, ['shop.example/ip.hosting']);
  }
});

test('a fifth, fewer than twenty that pass, or a shift that is meant: taken', () => {
  assert.deepEqual(
    rehearseLists(old, next, sites, [...listed, ...requests(24, { clientAddress: '203.0.113.7' })], false),
    [],
  );
  const fewPass = [...listed, ...others.slice(0, 13), ...requests(50, { path: '/closed' })];
  assert.deepEqual(rehearseLists(old, next, sites, fewPass, false), []);
  assert.deepEqual(rehearseLists(old, next, sites, [...listed, ...others], true), []);
});
