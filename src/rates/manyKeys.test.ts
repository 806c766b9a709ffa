import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyHash } from './keyHash.ts';
import { rateLimits } from './limits.ts';
import { compileLimit } from './rateLimit.ts';
import { Rates } from './rates.ts';

/*
 * As many keys as the table is made for, and ten times as many offered: in the small form an eighth of each, in a table of an
 * eighth of the size.
 */
const scale = process.env.HOLDFAST_TEST_WHOLE === '1' ? 1 : 1 / 8;
const keys = 1_000_000 * scale;
const offered = 10_000_000 * scale;
const keysMax = rateLimits.keysMax * scale;
const secret = { first: 0x1234567, second: -0x7654321 };

const slow = compileLimit({ rate: 1, perMs: 86_400_000, burst: 2 }, 'shop/slow');
const fast = compileLimit({ rate: 1, perMs: 60_000, burst: 1 }, 'shop/fast');

test(`${keys} keys that are all limited are all remembered; ${offered} more cost nothing but each other`, () => {
  const hash = new KeyHash(secret);
  const rates = new Rates({ secret, keysMax });
  const take = (limit: typeof slow, key: number, nowMs: number) => {
    hash.ofNumber(key);
    return rates.take(limit, hash.high, hash.low, nowMs);
  };
  const rssBefore = process.memoryUsage.rss();
  for (let key = 0; key < keys; key += 1) assert.ok(take(slow, key, 1_000) && take(slow, key, 1_000));
  assert.equal(rates.forgotten, 0);
  let admitted = 0;
  for (let key = 0; key < keys; key += 1) if (take(slow, key, 2_000)) admitted += 1;
  assert.equal(admitted, 0);

  // Each comes once, all within their minute: more than there is room for.
  for (let key = keys; key < keys + offered; key += 1) assert.ok(take(fast, key, 3_000));
  const takenBytes = process.memoryUsage.rss() - rssBefore;
  const roomBytes = keysMax * 16;
  assert.equal(roomBytes, (32 << 20) * scale);
  assert.ok(takenBytes < roomBytes + (16 << 20), `${(takenBytes / 2 ** 20).toFixed(1)} MiB`);
  // Those that were nearer to full made way, and not one of those that matter for a day.
  assert.ok(rates.forgotten > 0);
  for (let key = 0; key < keys; key += 1) if (take(slow, key, 4_000)) admitted += 1;
  assert.equal(admitted, 0);
  // A minute later their room is free again: with three quarters of all places in use not one in 10,000 finds none.
  const { forgotten } = rates;
  for (let key = 0; key < keys / 2; key += 1) assert.ok(take(fast, key + keys + offered, 100_000));
  assert.ok(rates.forgotten - forgotten < keys / 10_000, `${rates.forgotten - forgotten}`);
});

test('a worker without a limited request takes no memory for buckets', () => {
  const before = process.memoryUsage().arrayBuffers;
  const many = Array.from({ length: 20 }, () => new Rates({ secret }));
  assert.ok(process.memoryUsage().arrayBuffers - before < many.length * (256 << 10));
});
