import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chance } from '../kernel/chance.ts';
import { seededRandom } from '../kernel/random.ts';
import { rateLimits } from './limits.ts';
import { compileLimit, type RateSpec } from './rateLimit.ts';
import { HeardNews, newsBytes, newsHeadBytes } from './rateNews.ts';
import { Rates } from './rates.ts';

const secret = { first: 1, second: 2 };
const make = (isShared = false) => new Rates({ secret, keysMax: 4_096, isShared });

/** The bucket as everybody draws it: tokens that come in evenly and never more than fit. */
class Bucket {
  readonly #spec: RateSpec;
  #tokens: number;
  #atMs = 0;

  constructor(spec: RateSpec) {
    this.#spec = spec;
    this.#tokens = spec.burst;
  }

  take(nowMs: number): boolean {
    const { rate, perMs, burst } = this.#spec;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#atMs) * rate) / perMs);
    this.#atMs = nowMs;
    if (this.#tokens < 0.999) return false;
    this.#tokens -= 1;
    return true;
  }

  get tokens(): number {
    return this.#tokens;
  }
}

test('one worker admits exactly what a bucket of tokens does, and says what is left and when the next one comes', () => {
  const chance = new Chance(seededRandom(5));
  for (let run = 0; run < 300; run += 1) {
    const spec = {
      rate: chance.pick([1, 3, 60, 1_000, 10_000]),
      perMs: chance.pick([1_000, 60_000, 86_400_000]),
      burst: chance.pick([1, 2, 7, 100, 10_000]),
    };
    const limit = compileLimit(spec, 'shop/rule');
    const rates = make();
    const bucket = new Bucket(spec);
    // A machine that runs for a month, too.
    const startMs = chance.pick([0, 1e6, 3e9]);
    const load = chance.pick([0.5, 0.99, 1.01, 4]);
    let nowMs = startMs;
    for (let request = 0; request < 300; request += 1) {
      nowMs += chance.happens(0.7) ? 0 : chance.skewed(1, 1) * ((3.3 * limit.intervalMs) / load);
      const admitted = rates.take(limit, 1, 2, nowMs);
      const expected = bucket.take(nowMs);
      const { tokens } = bucket;
      // Sums are rounded: so near to a whole token either answer is right, and the next comparison would start elsewhere.
      if (admitted !== expected) {
        assert.ok(Math.abs(tokens - Math.round(tokens)) < 0.02, `${tokens} tokens`);
        break;
      }
      if (Math.abs(tokens - Math.round(tokens)) < 0.02) continue;
      assert.equal(rates.remaining, Math.floor(tokens));
      const untilNextMs = (Math.floor(tokens) + 1 - tokens) * limit.intervalMs;
      assert.ok(Math.abs(rates.msUntilNext - untilNextMs) < 0.02 * limit.intervalMs + 1e-6);
    }
  }
});

test('on a machine that runs for ten years a burst is right to half a percent', () => {
  const limit = compileLimit({ rate: 10_000, perMs: 1_000, burst: 10_000 }, 'a');
  const rates = make();
  let admitted = 0;
  for (let request = 0; request < 20_000; request += 1) if (rates.take(limit, 1, 2, 3e11 + 0.1)) admitted += 1;
  assert.ok(Math.abs(admitted - 10_000) <= 50, `${admitted}`);
});

test('whoever waits for as long as it says is admitted, and not before', () => {
  const limit = compileLimit({ rate: 2, perMs: 1_000, burst: 3 }, 'a');
  const rates = make();
  for (const remaining of [2, 1, 0]) {
    assert.ok(rates.take(limit, 1, 2, 1_000));
    assert.equal(rates.remaining, remaining);
  }
  assert.equal(rates.take(limit, 1, 2, 1_100), false);
  assert.equal(rates.remaining, 0);
  assert.ok(Math.abs(rates.msUntilNext - 400) < 1);
  // What is refused costs nothing.
  for (let again = 0; again < 1_000; again += 1) assert.equal(rates.take(limit, 1, 2, 1_490), false);
  assert.ok(rates.take(limit, 1, 2, 1_500));
});

test('keys, limits and figures each have buckets of their own', () => {
  const one = { rate: 1, perMs: 86_400_000, burst: 1 };
  const rates = make();
  const limit = compileLimit(one, 'shop/a');
  assert.ok(rates.take(limit, 1, 2, 10));
  assert.equal(rates.take(compileLimit(one, 'shop/a'), 1, 2, 10), false);
  for (const [high, low] of [
    [2, 1],
    [1, 3],
    [0, 2],
    [0, 0],
  ] as const) {
    assert.ok(rates.take(limit, high, low, 10));
    assert.equal(rates.take(limit, high, low, 10), false);
  }
  assert.ok(rates.take(compileLimit(one, 'shop/b'), 1, 2, 10));
  // Else a limit that is raised would refuse for as long as the old one took to fill.
  assert.ok(rates.take(compileLimit({ ...one, rate: 2 }, 'shop/a'), 1, 2, 10));
  assert.ok(rates.take(compileLimit({ ...one, burst: 2 }, 'shop/a'), 1, 2, 10));
});

test('figures beyond the bounds are cut to them', () => {
  const max = rateLimits.requestsMax;
  const { spec, intervalMs } = compileLimit({ rate: 1e12, perMs: 1_000, burst: -5 }, 'a');
  assert.deepEqual([spec.rate, spec.burst, intervalMs], [max, 1, rateLimits.intervalMsMin]);
  assert.deepEqual(compileLimit({ rate: 0.5, perMs: 1_000, burst: 1e9 }, 'a').spec, {
    rate: 1,
    perMs: 1_000,
    burst: max,
  });
});

test('two workers that tell each other spend one bucket, and owe what they admitted at the same time', () => {
  const limit = compileLimit({ rate: 1, perMs: 1_000, burst: 10 }, 'a');
  const [one, two] = [make(true), make(true)];
  let told = 0;
  one.onFirstKept = () => {
    told += 1;
  };
  let admitted = 0;
  for (let request = 0; request < 20; request += 1) if (one.take(limit, 1, 2, 1_000)) admitted += 1;
  for (let request = 0; request < 8; request += 1) if (two.take(limit, 1, 2, 1_000)) admitted += 1;
  assert.equal(admitted, 18);
  const swap = (from: Rates, to: Rates, nowMs: number) => {
    const news = HeardNews.over(from.takeNews()!)!;
    assert.equal(news.count, 1);
    assert.equal(to.hear(news, news.count, nowMs), 1);
  };
  swap(one, two, 1_010);
  swap(two, one, 1_010);
  assert.equal(told, 1);
  assert.equal(one.takeNews(), undefined);
  // Eight too many: the first one more comes nine seconds later, at either.
  for (const worker of [one, two]) {
    assert.equal(worker.take(limit, 1, 2, 9_900), false);
    assert.equal(worker.remaining, 0);
    assert.ok(Math.abs(worker.msUntilNext - 100) < 2);
  }
  assert.ok(two.take(limit, 1, 2, 10_000));
});

/** What a worker that met nobody itself says is left, behind one request, when it has heard of all this. */
function leftAfter(limit: ReturnType<typeof compileLimit>, heard: readonly (readonly number[])[], nowMs: number) {
  const rates = make(true);
  for (const takenAtMs of heard) {
    const teller = make(true);
    for (const atMs of takenAtMs) assert.ok(teller.take(limit, 1, 2, atMs));
    const news = HeardNews.over(teller.takeNews()!)!;
    assert.deepEqual([news.count, rates.hear(news, 1, nowMs)], [1, 1]);
  }
  assert.ok(rates.take(limit, 1, 2, nowMs));
  return rates.remaining;
}

test('news tell all of what happened: how much, since when, and what came in between', () => {
  const limit = compileLimit({ rate: 1, perMs: 1_000, burst: 20 }, 'a');
  const times = (count: number, atMs: number) => new Array<number>(count).fill(atMs);
  assert.equal(leftAfter(limit, [times(10, 1_000)], 1_010), 9);
  assert.equal(leftAfter(limit, [[...times(10, 1_000), 1_001]], 1_010), 8);
  // Eight tokens of ten came in before the next one.
  assert.equal(leftAfter(limit, [[...times(10, 1_000), 9_001]], 9_010), 16);
  // The bucket was full again before.
  assert.equal(leftAfter(limit, [[...times(3, 1_000), 9_001]], 9_010), 18);
});

test('what is heard late counts with what is heard later of the same time', () => {
  const limit = compileLimit({ rate: 10_000, perMs: 1_000, burst: 300 }, 'a');
  const times = (count: number) => new Array<number>(count).fill(1_000);
  // Alone the hundred would be full again by now; together they and the two hundred are not until 1,030.
  assert.equal(leftAfter(limit, [times(100), times(200)], 1_016), 159);
  assert.equal(leftAfter(limit, [times(200), times(100)], 1_016), 159);
});

test('alone nothing is kept for others; what nobody takes is bounded and counted', () => {
  const limit = compileLimit({ rate: 1, perMs: 1_000, burst: 10 }, 'a');
  const alone = make();
  alone.take(limit, 1, 2, 1_000);
  assert.equal(alone.takeNews(), undefined);
  const shared = make(true);
  for (let key = 0; key < rateLimits.newsMax + 100; key += 1) shared.take(limit, 0, key, 1_000);
  assert.equal(shared.lost, 100);
  // One more of a key that waits to be told needs no room.
  shared.take(limit, 0, rateLimits.newsMax - 1, 1_000);
  assert.equal(shared.lost, 100);
  assert.equal(HeardNews.over(shared.takeNews()!)!.count, rateLimits.newsMax);
});

test('a new worker takes over who is limited now, and nobody whose bucket is full again', () => {
  const slow = compileLimit({ rate: 1, perMs: 60_000, burst: 1 }, 'slow');
  const fast = compileLimit({ rate: 10, perMs: 1_000, burst: 10 }, 'fast');
  const old = make(true);
  for (let key = 0; key < 500; key += 1) {
    old.take(slow, key, key + 1, 1_000);
    old.take(fast, key, key + 1, 1_000);
  }
  const fresh = make(true);
  let adopted = 0;
  let from = 0;
  while (from !== -1) {
    const { bytes, next } = old.pack(from, 2_000);
    adopted += fresh.adopt(new Uint8Array(bytes), 2_001)!;
    from = next;
  }
  assert.equal(adopted, 500);
  for (let key = 0; key < 500; key += 1) assert.equal(fresh.take(slow, key, key + 1, 2_002), false);
  // Taken over twice, or late, nothing becomes less than it is.
  assert.equal(fresh.adopt(new Uint8Array(old.pack(0, 2_000).bytes), 2_003), 0);
  assert.ok(fresh.take(slow, 3, 4, 61_001));
  assert.deepEqual(new Rates({ secret }).pack(0, 0), { bytes: new Uint8Array(0), next: -1 });
});

test('any bytes do no harm: who was not named in them is judged as before', () => {
  const random = seededRandom(8);
  const limit = compileLimit({ rate: 5, perMs: 1_000, burst: 5 }, 'a');
  const rates = make(true);
  const mate = make(true);
  mate.take(limit, 9, 9, 1_000);
  const name = mate.takeNews()!.subarray(0, newsHeadBytes);
  for (let round = 0; round < 2_000; round += 1) {
    const length = Math.floor(random.next() * 50) * (round % 2 === 0 ? 1 : newsBytes) + newsHeadBytes;
    const bytes = Uint8Array.from({ length }, () => Math.floor(random.next() * 256));
    bytes.set(name);
    const doubles = new Float64Array(bytes.buffer, 0, Math.floor(length / 8));
    // Times that are possible, some of them, and some that no sum survives.
    for (let at = 1; at < doubles.length; at += 3) {
      const odd = [1_000 + random.next() * 100, Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300, 0];
      if (random.next() < 0.7) doubles[at] = odd[Math.floor(random.next() * odd.length)]!;
      if (random.next() < 0.7) doubles[at + 1] = odd[Math.floor(random.next() * odd.length)]!;
    }
    const news = HeardNews.over(bytes);
    assert.equal(news !== undefined, (length - newsHeadBytes) % newsBytes === 0);
    if (news !== undefined) assert.ok(rates.hear(news, news.count, 1_000) <= news.count);
    const adopted = rates.adopt(bytes, 1_000);
    assert.equal(adopted === undefined, length % 16 !== 0);
  }
  for (let key = 1_000; key < 1_200; key += 1) {
    let admitted = 0;
    for (let request = 0; request < 10; request += 1) if (rates.take(limit, key, key, 1_000)) admitted += 1;
    assert.equal(admitted, 5);
  }
});

test('news of an old time, of a time to come, or made with another secret are left out', () => {
  const limit = compileLimit({ rate: 1, perMs: 1_000, burst: 1 }, 'a');
  const heardAt = (tookMs: number, nowMs: number, other = secret) => {
    const teller = new Rates({ secret: other, keysMax: 64, isShared: true });
    teller.take(limit, 1, 2, tookMs);
    const news = HeardNews.over(teller.takeNews()!)!;
    const rates = make(true);
    return [rates.hear(news, news.count, nowMs), rates.take(limit, 1, 2, nowMs)];
  };
  assert.deepEqual(heardAt(50_000, 50_020), [1, false]);
  assert.deepEqual(heardAt(50_000, 62_000), [0, true]);
  assert.deepEqual(heardAt(62_000, 50_000), [0, true]);
  assert.deepEqual(heardAt(50_000, 50_020, { first: 1, second: 3 }), [0, true]);
});
