import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../kernel/random.ts';
import { intervalOfNetwork } from './intervals.ts';
import { readMmdb } from './readMmdb.ts';
import { writeMmdb } from './testing/writeMmdb.ts';

const bits = (bytes: readonly number[], length: number) =>
  bytes
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, length);
const ipv4 = (a: number, b: number, c: number, length: number) => bits([a, b, c, 0], length);
const zeros = '0'.repeat(96);
const documentation = '00100000000000010000110110111000';

for (const recordBits of [24, 28, 32] as const) {
  test(`records of ${recordBits} bits, both families, IPv4 hung in several times, a /128: read once each`, () => {
    const file = writeMmdb({
      recordBits,
      ipVersion: 6,
      networks: [
        { prefix: zeros + ipv4(192, 0, 2, 24), record: { country_code: 'DE' } },
        { prefix: zeros + ipv4(198, 51, 100, 22), record: { country: { iso_code: 'FR', long: 'x'.repeat(100) } } },
        { prefix: documentation, record: { autonomous_system_number: 4_200_000_000, country_code: 'de' } },
        { prefix: `1${'0'.repeat(126)}1`, record: { autonomous_system_number: 0, country_code: 'NL' } },
      ],
      // 2002::/16 and ::ffff:0:0/96, as published files have them.
      aliases: ['0010000000000010', `${'0'.repeat(80)}${'1'.repeat(16)}`],
    });
    const read = readMmdb(file);
    assert.ok(read.ok, read.ok ? '' : read.error);
    const network = (text: string) => intervalOfNetwork(text);
    assert.deepEqual(read.value, {
      countries: [
        { interval: network('192.0.2.0/24'), country: 'DE' },
        { interval: network('198.51.100.0/22'), country: 'FR' },
        { interval: network('8000::/64'), country: 'NL' },
      ],
      asns: [{ interval: network('2001:db8::/32'), asn: 4_200_000_000 }],
    });
  });
}

test('a file of IPv4 alone', () => {
  const read = readMmdb(
    writeMmdb({
      recordBits: 24,
      ipVersion: 4,
      networks: [{ prefix: ipv4(10, 0, 0, 8), record: { country_code: 'DE', autonomous_system_number: 7 } }],
    }),
  );
  assert.deepEqual(read, {
    ok: true,
    value: {
      countries: [{ interval: intervalOfNetwork('10.0.0.0/8'), country: 'DE' }],
      asns: [{ interval: intervalOfNetwork('10.0.0.0/8'), asn: 7 }],
    },
  });
});

test('a tree that leads into itself, and whatever else is damaged, is an answer', () => {
  const good = writeMmdb({
    recordBits: 24,
    ipVersion: 4,
    networks: [{ prefix: ipv4(10, 0, 0, 8), record: { country_code: 'DE' } }],
  });
  const looped = Buffer.from(good);
  looped.writeUIntBE(0, 0, 3);
  const read = readMmdb(looped);
  assert.match(read.ok ? '' : read.error, /deeper than an address/);
  const random = seededRandom(3);
  let errors = 0;
  for (let round = 0; round < 3_000; round += 1) {
    const damaged = Buffer.from(
      good.subarray(0, random.next() < 0.2 ? Math.floor(random.next() * good.length) : good.length),
    );
    for (let flips = 0; flips < 3; flips += 1)
      damaged[Math.floor(random.next() * damaged.length)] = Math.floor(random.next() * 256);
    if (!readMmdb(damaged).ok) errors += 1;
  }
  assert.ok(errors > 1_000, `${errors}`);
});
