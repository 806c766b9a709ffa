import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../kernel/random.ts';
import { MadeUpClock } from '../../kernel/testing/madeUpClock.ts';
import { OriginGroup } from './originGroup.ts';
import { RetryBudget } from './retryBudget.ts';
import { siteOf } from './testing/groupFixture.ts';

/** The bound that the class promises. */
function most(requests: number, elapsedMs: number): number {
  return 0.2 * requests + 10 + elapsedMs / 1_000;
}

test('the budget holds at every point of any sequence', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed);
    const clock = new MadeUpClock();
    const budget = new RetryBudget(clock);
    const start = clock.nowMs;
    const [requestShare, pauseShare] = [random.next(), random.next() ** 3];
    let requests = 0;
    let retries = 0;
    for (let step = 0; step < 1_000; step++) {
      if (random.next() < pauseShare) clock.nowMs += Math.floor(random.next() * 3_000);
      if (random.next() < requestShare) {
        requests += 1;
        budget.onRequest();
      } else if (budget.take()) retries += 1;
      assert.ok(retries <= most(requests, clock.nowMs - start), `seed ${seed}, step ${step}: ${retries} retries`);
    }
  }
});

test('it is not stingy: a retry for every fifth request is always granted, and a quiet site has ten', () => {
  const clock = new MadeUpClock();
  const busy = new RetryBudget(clock);
  for (let round = 0; round < 1_000; round++) {
    for (let request = 0; request < 5; request++) busy.onRequest();
    assert.ok(busy.take(), `round ${round}`);
  }
  const quiet = new RetryBudget(clock);
  assert.equal(Array.from({ length: 20 }, () => quiet.take()).filter(Boolean).length, 10);
  clock.nowMs += 3_500;
  assert.equal(Array.from({ length: 20 }, () => quiet.take()).filter(Boolean).length, 3);
});

test('a group whose every request fails and is retried: 1.2 requests to the origins for each, and the reserve', () => {
  const clock = new MadeUpClock();
  const settings = siteOf([1, 1, 1, 1], { upstream: { outlier: { enabled: false } } });
  const group = new OriginGroup(settings, clock, seededRandom(3));
  let sent = 0;
  for (let request = 0; request < 10_000; request++) {
    let endpoint = group.pick()!;
    for (let attempt = 0; ; attempt++) {
      group.onStarted(endpoint);
      sent += 1;
      group.onEnded(endpoint, 'connect-failed', null, 1);
      const next = group.pick(endpoint);
      if (next === undefined || attempt === 3 || !group.mayRetry()) break;
      endpoint = next;
    }
  }
  assert.equal(sent, 10_000 + most(10_000, 0));
});

test('a site that wants no retries has none', () => {
  const group = new OriginGroup(
    siteOf([1, 1], { upstream: { retries: { max: 0 } } }),
    new MadeUpClock(),
    seededRandom(3),
  );
  assert.equal(group.mayRetry(), false);
});
