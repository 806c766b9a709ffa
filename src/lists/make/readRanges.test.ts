import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRanges } from './readRanges.ts';

test('a JSON list whose network cannot be read is no list', () => {
  const good = readRanges(
    '{"prefixes":[{"ipv4Prefix":"198.51.100.0/24"},{"ipv6Prefix":"2001:db8::/32"}],"made":"2026-11-29"}',
  );
  assert.equal(good.ok && good.value.length, 2);
  for (const text of ['192.0.2.0/33', '2001:db8::/129', '10.0.0/8', '192.0.2.300/24']) {
    const bad = readRanges(JSON.stringify({ prefixes: ['198.51.100.0/24', text] }));
    assert.match(bad.ok ? '' : bad.error, /no network/, text);
  }
  assert.equal(readRanges('{"prefixes":["198.51.100.0/24"],"url":"https://a.example/24"}').ok, true);
});
