import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../kernel/random.ts';
import { AddressLists, type ListedAddress } from './addressLists.ts';
import { type Interval, intervalOfNetwork, intervalOfRange, makeLists } from './make/index.ts';

const network = (text: string): Interval => intervalOfNetwork(text) ?? assert.fail(text);

test('steps say what the ranges said, of two families, at every edge: against a plain search', () => {
  const random = seededRandom(11);
  const pick = (most: number) => Math.floor(random.next() * most);
  for (let round = 0; round < 60; round += 1) {
    // Few addresses, so that ranges meet: 10.0.0.0 to 10.0.0.63, the same in IPv6, and the very last ones.
    const address = (family: number, at: number) =>
      family === 0
        ? at < 60
          ? `10.0.0.${at}`
          : `255.255.255.${192 + at}`
        : at < 60
          ? `2001:db8:0:${at.toString(16)}::`
          : `ffff:ffff:ffff:${(0xffc0 + at).toString(16)}::`;
    const range = () => {
      const [family, one, other] = [pick(2), pick(64), pick(64)];
      const interval = intervalOfRange(address(family, Math.min(one, other)), address(family, Math.max(one, other)));
      return { family, from: Math.min(one, other), to: Math.max(one, other), interval: interval! };
    };
    const countries = Array.from({ length: pick(8) }, (_, index) => ({
      ...range(),
      country: ['DE', 'FR', 'NL', 'US'][index % 4]!,
    }));
    const names = ['hosting', 'office', 'vpn'];
    const lists = Array.from({ length: pick(8) }, (_, index) => ({ ...range(), list: names[index % 3]! }));
    const byName = new Map(
      names.map((name) => [name, lists.filter(({ list }) => list === name).map(({ interval }) => interval)]),
    );
    const asns = Array.from({ length: pick(8) }, (_, index) => ({ ...range(), asn: 64_500 + index }));
    const { file } = makeLists({ sources: [], countries, asns, lists: byName });
    const ready = new AddressLists(file);
    for (const family of [0, 1]) {
      for (let at = 0; at < 64; at += 1) {
        const listed = ready.of(address(family, at));
        const holds = (each: { family: number; from: number; to: number }) =>
          each.family === family && each.from <= at && at <= each.to;
        const narrowest = <T extends { family: number; from: number; to: number }>(ranges: readonly T[]) => {
          const held = ranges.filter(holds);
          return { held, least: Math.min(...held.map(({ from, to }) => to - from)) };
        };
        const inLists = names.filter((name) => lists.some((each) => each.list === name && holds(each)));
        assert.deepEqual(listed.lists, inLists, `round ${round}`);
        assert.equal(listed.isIn('vpn'), inLists.includes('vpn'));
        assert.equal(listed.isIn('crawler'), undefined, 'there is no such list');
        // Nested ranges: the narrowest. Where they only cross, any of them.
        const nested = (ranges: readonly { from: number; to: number }[]) =>
          ranges.every((one) =>
            ranges.every(
              (other) =>
                (one.from <= other.from && other.to <= one.to) || (other.from <= one.from && one.to <= other.to),
            ),
          );
        const byCountry = narrowest(countries);
        if (byCountry.held.length === 0) assert.equal(listed.country, undefined);
        else
          assert.ok(
            byCountry.held.some(({ country }) => country === listed.country),
            `round ${round}, ${address(family, at)}`,
          );
        const first = byCountry.held.filter(({ from, to }) => to - from === byCountry.least);
        if (first.length > 0 && nested(byCountry.held)) assert.equal(listed.country, first[0]!.country);
        const byAsn = narrowest(asns);
        assert.ok(
          byAsn.held.length === 0 ? listed.asn === undefined : byAsn.held.some(({ asn }) => asn === listed.asn),
        );
      }
    }
  }
});

test('an address is looked up once, when the first question comes, and what is no address is nowhere', () => {
  const { file } = makeLists({
    sources: [],
    countries: [{ interval: network('192.0.2.0/24'), country: 'DE' }],
    asns: [{ interval: network('192.0.0.0/16'), asn: 4_200_000_000 }],
    lists: new Map([['hosting', [network('192.0.2.7')]]]),
  });
  const ready = new AddressLists(file);
  const all = ({ country, asn, lists }: ListedAddress) => [country, asn, lists];
  assert.deepEqual(all(ready.of('192.0.2.7')), ['DE', 4_200_000_000, ['hosting']]);
  assert.deepEqual(all(ready.of('::ffff:192.0.2.8')), ['DE', 4_200_000_000, []]);
  assert.deepEqual(all(ready.of('192.0.3.0')), [undefined, 4_200_000_000, []]);
  assert.deepEqual(all(ready.of('192.1.0.0')), [undefined, undefined, []]);
  for (const text of ['', 'unknown', '/run/x.sock', '2001:db8::1', 'x'.repeat(5_000)]) {
    assert.deepEqual(all(ready.of(text)), [undefined, undefined, []], text);
    assert.equal(ready.of(text).isIn('hosting'), false);
  }
  assert.equal(ready.of('192.0.2.7').lists, ready.of('192.0.2.7').lists, 'names are made once');
});
