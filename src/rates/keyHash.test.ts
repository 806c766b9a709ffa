import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../kernel/random.ts';
import { KeyHash } from './keyHash.ts';
import { rateLimits } from './limits.ts';

/** HalfSipHash as its authors describe it, over words of which the last holds the length; `c` and `d` rounds. */
function reference(words: readonly number[], [k0, k1]: readonly [number, number], c: number, d: number, bits: 32 | 64) {
  let [v0, v1, v2, v3] = [k0, k1 ^ (bits === 64 ? 0xee : 0), 0x6c796765 ^ k0, 0x74656462 ^ k1];
  const rotated = (word: number, by: number) => (word << by) | (word >>> (32 - by));
  const rounds = (count: number) => {
    for (let round = 0; round < count; round += 1) {
      v0 = (v0 + v1) | 0;
      v1 = rotated(v1, 5);
      v1 ^= v0;
      v0 = rotated(v0, 16);
      v2 = (v2 + v3) | 0;
      v3 = rotated(v3, 8);
      v3 ^= v2;
      v0 = (v0 + v3) | 0;
      v3 = rotated(v3, 7);
      v3 ^= v0;
      v2 = (v2 + v1) | 0;
      v1 = rotated(v1, 13);
      v1 ^= v2;
      v2 = rotated(v2, 16);
    }
  };
  for (const word of words) {
    v3 ^= word;
    rounds(c);
    v0 ^= word;
  }
  v2 ^= bits === 64 ? 0xee : 0xff;
  rounds(d);
  const low = v1 ^ v3;
  v1 ^= 0xdd;
  rounds(d);
  return { low, high: v1 ^ v3 };
}

const words = (text: string) =>
  Array.from({ length: Math.ceil(text.length / 2) }, (_, index) => {
    return text.charCodeAt(index * 2) | ((text.charCodeAt(index * 2 + 1) || 0) << 16);
  });

function hashOf(value: string | number, first = 1, second = 2): string {
  const hash = new KeyHash({ first, second });
  if (typeof value === 'string') hash.ofText(value);
  else hash.ofNumber(value);
  return `${hash.high},${hash.low}`;
}

test('it is HalfSipHash-1-3: the reference, which agrees with the published values, gives the same', () => {
  // Published for 2-4 rounds and 32 bits, with the key 00 01 … 07, of no bytes, of 00 … 03 and of 00 … 07.
  const key = [0x03020100, 0x07060504] as const;
  assert.equal(reference([0], key, 2, 4, 32).low >>> 0, 0x5b9f35a9);
  assert.equal(reference([0x03020100, 4 << 24], key, 2, 4, 32).low >>> 0, 0x89466e2a);
  assert.equal(reference([0x03020100, 0x07060504, 8 << 24], key, 2, 4, 32).low >>> 0, 0x8f84b8d0);
  const random = seededRandom(3);
  for (let round = 0; round < 2_000; round += 1) {
    const length = Math.floor(random.next() * 40);
    const text = String.fromCharCode(...Array.from({ length }, () => Math.floor(random.next() * 65_536)));
    const [first, second] = [Math.floor(random.next() * 2 ** 32) | 0, Math.floor(random.next() * 2 ** 32) | 0];
    const { high, low } = reference([...words(text), length], [first, second], 1, 3, 64);
    assert.equal(hashOf(text, first, second), `${high},${low}`);
  }
  const { high, low } = reference([0x12345, 0x89abcdef | 0, -1], [1, 2], 1, 3, 64);
  assert.equal(hashOf(0x1234589abcdef), `${high},${low}`);
});

test('part of a text hashes as that text does, whatever was hashed before', () => {
  const hash = new KeyHash({ first: 1, second: 2 });
  hash.ofText('x'.repeat(3_000));
  hash.ofText('a=session; b=2', 2, 9);
  assert.equal(`${hash.high},${hash.low}`, hashOf('session'));
});

test('lengths, ends and secrets tell keys apart; of a long text the middle does not', () => {
  const max = rateLimits.keyCharsMax;
  const long = (at: number) => `${'a'.repeat(at)}b${'a'.repeat(2 * max - at)}`;
  const all = ['', '\0', '\0\0', 'a', 'a\0', 'ab', 'ba', 0, 1, 2 ** 32, 2 ** 53 - 1, long(0), long(2 * max)];
  const distinct = [...all.map((value) => hashOf(value)), ...all.map((value) => hashOf(value, 1, 3))];
  distinct.push('a'.repeat(max), 'a'.repeat(max + 1), 'a'.repeat(2 * max));
  assert.equal(new Set(distinct).size, distinct.length);
  assert.equal(hashOf(long(max)), hashOf(long(max + 2)));
});

test('500,000 values in a row share no hash, and fall evenly on 256 places by either word', () => {
  const hash = new KeyHash({ first: 77, second: -5 });
  const seen = new Set<number>();
  const places = { high: new Uint32Array(256), low: new Uint32Array(256) };
  const count = 500_000;
  for (let value = 0; value < count; value += 1) {
    hash.ofNumber(value);
    seen.add((hash.high & 0x1fffff) * 2 ** 32 + (hash.low >>> 0));
    for (const word of ['high', 'low'] as const) places[word][hash[word] & 255]! += 1;
  }
  // Of 53 bits: one pair in 70,000 runs.
  assert.equal(seen.size, count);
  for (const counts of Object.values(places)) {
    for (const one of counts) assert.ok(Math.abs(one - count / 256) < 6 * Math.sqrt(count / 256), `${one}`);
  }
});
