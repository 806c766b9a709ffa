import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chance } from '../kernel/chance.ts';
import { seededRandom } from '../kernel/random.ts';
import { BucketTable } from './bucketTable.ts';

const word = (chance: Chance) => Math.floor(chance.next() * 2 ** 32) | 0;

test('up to half of its places it is a map of keys to times, and forgets nobody', () => {
  const chance = new Chance(seededRandom(1));
  const table = new BucketTable(8_192);
  const known = new Map<string, { high: number; low: number; fullAtMs: number }>();
  let nowMs = 1_000;
  for (let round = 0; round < 30_000; round += 1) {
    nowMs += 1;
    const all = round % 3 === 0 ? undefined : [...known.values()].at(-chance.whole(1, Math.max(1, known.size)));
    const { high, low } = all ?? { high: word(chance), low: word(chance) };
    const key = `${high},${low}`;
    const place = table.find(high, low);
    const expected = known.get(key);
    if (expected === undefined) assert.ok(place === -1 || table.fullAtMs(place) <= nowMs);
    else assert.equal(table.fullAtMs(place), expected.fullAtMs);
    // A third of all rounds brings a key for up to 24,000 rounds: at most 4,096 count at once.
    const fullAtMs = nowMs + chance.whole(1, 24_000);
    if (place === -1) table.put(high, low, fullAtMs, nowMs);
    else table.setFullAtMs(place, fullAtMs);
    known.delete(key);
    known.set(key, { high, low, fullAtMs });
    if (round % 100 === 0) for (const [name, one] of known) if (one.fullAtMs <= nowMs) known.delete(name);
    if (known.size > 4_096) known.delete(known.keys().next().value!);
  }
  assert.equal(table.forgotten, 0);
});

test('a full table forgets those that are full again first, then those nearest to it, and counts only the latter', () => {
  const chance = new Chance(seededRandom(2));
  const table = new BucketTable(4_096);
  const put = (count: number, fullAtMs: number, nowMs: number) =>
    Array.from({ length: count }, () => {
      const key = [word(chance), word(chance)] as const;
      table.put(...key, fullAtMs, nowMs);
      return key;
    });
  const kept = (keys: readonly (readonly [number, number])[]) => keys.filter((key) => table.find(...key) !== -1).length;
  const long = put(2_048, 100_000, 10);
  const over = put(1_000, 20, 10);
  assert.equal(table.forgotten, 0);
  // Those whose time is over make way, and nobody else.
  put(1_000, 50_000, 30);
  assert.equal(table.forgotten, 0);
  assert.equal(kept(long), 2_048);
  assert.ok(kept(over) < 1_000);
  // Ten times as many as there is room for: each is nearer to full than the long ones, which stay.
  const flood = put(40_960, 1_000, 30);
  assert.equal(kept(long), 2_048);
  assert.ok(table.forgotten >= 40_960 - 4_096 && table.forgotten <= 41_960, `${table.forgotten}`);
  assert.ok(kept(flood) > 500);
  // Longer ones still take their places.
  const longer = put(1_500, 200_000, 30);
  assert.ok(kept(longer) > 1_450, `${kept(longer)}`);
});

test('what is full again already takes nobody’s place', () => {
  const chance = new Chance(seededRandom(4));
  const table = new BucketTable(16);
  for (let index = 0; index < 200; index += 1) table.put(word(chance), word(chance), 1_000, 10);
  const { forgotten } = table;
  for (let index = 0; index < 200; index += 1) table.put(word(chance), word(chance), 9, 10);
  assert.equal(table.forgotten, forgotten);
  let counting = 0;
  table.each(0, { seenMax: 100, lookedAtMax: 100 }, 10, () => {
    counting += 1;
  });
  assert.equal(counting, 16);
});

test('all that counts is seen once, in pieces that are bounded', () => {
  const chance = new Chance(seededRandom(3));
  const table = new BucketTable(1_024);
  const expected = new Set<string>();
  for (let index = 0; index < 500; index += 1) {
    const [high, low] = [word(chance), word(chance)];
    table.put(high, low, index % 2 === 0 ? 50 : 200, 10);
    if (index % 2 === 1) expected.add(`${high},${low},200`);
  }
  const seen: string[] = [];
  let pieces = 0;
  for (let from = 0; from !== -1; pieces += 1) {
    const before = seen.length;
    from = table.each(from, { seenMax: 16, lookedAtMax: 64 }, 100, (high, low, fullAtMs) => {
      seen.push(`${high},${low},${fullAtMs}`);
    });
    assert.ok(seen.length - before <= 16);
  }
  assert.deepEqual(new Set(seen), expected);
  assert.equal(seen.length, expected.size);
  assert.ok(pieces >= 1_024 / 64);
});
