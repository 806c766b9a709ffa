import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { addressWords, networkHolds, readAddress, readNetwork } from '../address/index.ts';
import { seededRandom } from '../kernel/random.ts';
import { readPublishedRanges } from './publishedRanges.ts';
import { RangeSet } from './rangeSet.ts';

const set = new RangeSet([
  '192.0.2.0/25',
  '192.0.2.128/25',
  '198.51.100.7',
  '2001:db8::/32',
  '2001:db8:1::/48',
  'bad',
  '1.2.3.4/33',
]);

for (const [address, isIn] of [
  ['192.0.2.0', true],
  ['192.0.2.255', true],
  ['192.0.3.0', false],
  ['192.0.1.255', false],
  ['198.51.100.7', true],
  ['198.51.100.8', false],
  ['::ffff:192.0.2.9', true],
  ['2001:db8::', true],
  ['2001:DB8:ffff:ffff:ffff:ffff:ffff:ffff', true],
  ['2001:db9::', false],
  ['2001:db7:ffff:ffff:ffff:ffff:ffff:ffff', false],
  ['::', false],
  ['2001:db8::1%eth0', false],
  ['', false],
  ['192.0.2', false],
  ['192.0.2.1/32', false],
] as const) {
  test(`${address || '(nothing)'} is ${isIn ? '' : 'not '}in the ranges`, () => assert.equal(set.has(address), isIn));
}

test('what overlaps or touches is one interval; what is no network is counted', () => {
  assert.equal(set.size, 3);
  assert.equal(set.refused, 2);
  assert.equal(new RangeSet(['10.0.0.255', '10.0.1.0', '10.0.0.0/24']).size, 1);
  assert.equal(new RangeSet([]).has('10.0.0.1'), false);
  const all = new RangeSet(['0.0.0.0/0', '8000::/1', '::/0']);
  assert.ok(all.has('0.0.0.0') && all.has('255.255.255.255') && all.has('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'));
  assert.ok(!all.has('::1') && all.refused === 1, 'IPv4 is in no IPv6 network, and so none holds all of it');
});

test('it says the same as looking at each network in turn', () => {
  const seed = 4291;
  const random = seededRandom(seed);
  const byte = () => Math.floor(random.next() * 4) * 85;
  const four = () => `${byte()}.${byte()}.${byte()}.${byte()}`;
  // Not from `::`, where the addresses of IPv4 are.
  const six = () => ['2000', ...Array.from({ length: 7 }, () => (byte() * 257).toString(16))].join(':');
  for (let round = 0; round < 200; round += 1) {
    const cidrs = Array.from({ length: 30 }, () =>
      random.next() < 0.5
        ? `${four()}/${4 + Math.floor(random.next() * 29)}`
        : `${six()}/${4 + Math.floor(random.next() * 125)}`,
    );
    const networks = cidrs.map((cidr) => readNetwork(cidr)!);
    const ranges = new RangeSet(cidrs);
    for (let ask = 0; ask < 50; ask += 1) {
      const address = ask % 2 === 0 ? four() : six();
      const parsed = addressWords();
      assert.ok(readAddress(address, parsed) !== 0);
      const isIn = networks.some((network) => networkHolds(network, parsed));
      assert.equal(ranges.has(address), isIn, `seed ${seed}, round ${round}: ${address} in ${cidrs}`);
    }
  }
});

const read = (text: string) => readPublishedRanges(Buffer.from(text));
const valuesOf = (list: ReturnType<typeof read>) => (list.ok ? [...list.value].sort() : []);

test('published lists are read in whatever form they have', () => {
  const google =
    '{"creationTime":"2026-01-01","prefixes":[{"ipv4Prefix":"192.0.2.0/24"},{"ipv6Prefix":"2001:db8::/48"}]}';
  assert.deepEqual(valuesOf(read(google)), ['192.0.2.0/24', '2001:db8::/48']);
  assert.deepEqual(read('{"ips":[{"ip_address":"192.0.2.1"}]}'), { ok: true, value: ['192.0.2.1'] });
  assert.deepEqual(read('# a list\r\n192.0.2.0/24\r\n\n2001:db8::1 # one\n'), {
    ok: true,
    value: ['192.0.2.0/24', '2001:db8::1'],
  });
  assert.deepEqual(read('192.0.2.0/24,US,,,\n'), { ok: true, value: ['192.0.2.0/24'] });
});

for (const [what, text, error] of [
  ['an error page', '<!doctype html><title>Not here</title>', 'no networks in it'],
  ['nothing', '', 'no networks in it'],
  ['broken JSON', '{"prefixes":["192.0.2.0/24"', 'no networks in it'],
  ['the whole internet', '["192.0.2.0/24","0.0.0.0/0"]', '0.0.0.0/0 is wider than any operator’s network'],
  ['the whole of IPv4, written as IPv6', '::ffff:0:0/96', '::ffff:0:0/96 is wider than any operator’s network'],
  ['the whole of IPv6', '["2001:db8::/32","::/0"]', '::/0 is wider than any operator’s network'],
  ['a continent of IPv6', '2000::/3', '2000::/3 is wider than any operator’s network'],
  [
    'too many',
    Array.from({ length: 10_001 }, (_, index) => `10.0.${index >> 8}.${index & 255}`).join('\n'),
    'more than 10000 networks',
  ],
  ['too much', ' '.repeat((4 << 20) + 1), 'more than 4194304 bytes'],
] as const) {
  test(`no list: ${what}`, () => assert.deepEqual(read(text), { ok: false, error: error.replace('’', "'") }));
}

const folder = fileURLToPath(new URL('../../../shared/data/ip-ranges/', import.meta.url));
const skip =
  existsSync(folder) || process.env.CI === 'true' ? false : 'needs shared/data/ip-ranges beside the checkout';

test('lists of real operators: every address of theirs is found, and none of another', { skip }, () => {
  const lists = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(googlebot|bing|openai|duckduckbot|telegram)\/ipv[46]\.txt$/.test(name),
  );
  assert.ok(lists.length >= 5, `${lists}`);
  for (const name of lists) {
    const published = readPublishedRanges(readFileSync(`${folder}${name}`));
    assert.ok(published.ok, `${name}: ${JSON.stringify(published)}`);
    const ranges = new RangeSet(published.value);
    assert.equal(ranges.refused, 0);
    for (const cidr of published.value) assert.ok(ranges.has(cidr.split('/')[0]!), `${name}: ${cidr}`);
    assert.ok(!ranges.has('192.0.2.1') && !ranges.has('2001:db8::1'));
  }
});
