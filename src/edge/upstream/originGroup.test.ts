import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../kernel/random.ts';
import { MadeUpClock } from '../../kernel/testing/madeUpClock.ts';
import type { Endpoint } from './endpoint.ts';
import { OriginGroup, type UpstreamOutcome } from './originGroup.ts';
import { OriginGroups } from './originGroups.ts';
import { siteOf } from './testing/groupFixture.ts';

function groupOf(weights: readonly number[], upstream = {}, seed = 7) {
  const clock = new MadeUpClock();
  return { clock, group: new OriginGroup(siteOf(weights, { upstream }), clock, seededRandom(seed)) };
}

function failing(group: OriginGroup, endpoint: Endpoint, times: number): void {
  for (let time = 0; time < times; time++) {
    group.onStarted(endpoint);
    group.onEnded(endpoint, 'connect-failed', null, 1);
  }
}

for (const weights of [[1], [1, 1], [3, 1], [5, 3, 2], [1, 1, 1, 1, 6], [1_000, 1]]) {
  test(`one request at a time: the picks follow the weights ${weights}`, () => {
    const { group } = groupOf(weights);
    const picks = new Map<string, number>();
    const rounds = 20_000;
    for (let round = 0; round < rounds; round++) {
      const { key } = group.pick()!;
      picks.set(key, (picks.get(key) ?? 0) + 1);
    }
    const sum = weights.reduce((total, weight) => total + weight, 0);
    weights.forEach((weight, index) => {
      const share = weight / sum;
      // Five standard deviations.
      const slack = 5 * Math.sqrt((share * (1 - share)) / rounds);
      const got = (picks.get(group.members[index]!.key) ?? 0) / rounds;
      assert.ok(Math.abs(got - share) <= slack, `origin ${index}: ${got}, wanted ${share} ± ${slack}`);
    });
  });

  test(`100 requests at a time: the load follows the weights ${weights}, closer than chance would`, () => {
    const { group } = groupOf(weights);
    const random = seededRandom(11);
    const open: Endpoint[] = [];
    const weightSum = weights.reduce((total, weight) => total + weight, 0);
    const off = weights.map(() => 0);
    for (let round = 0; round < 5_000; round++) {
      if (open.length === 100) {
        const [ended] = open.splice(Math.floor(random.next() * open.length), 1);
        group.onEnded(ended!, 'answered', 200, 1);
      }
      const endpoint = group.pick()!;
      group.onStarted(endpoint);
      open.push(endpoint);
      if (round < 1_000) continue;
      group.members.forEach(({ inFlight, weight }, index) => {
        off[index]! += Math.abs(inFlight - (100 * weight) / weightSum);
      });
    }
    // Chance alone would be off by 4 on average where two share alike.
    for (const [index, sum] of off.entries()) {
      assert.ok(sum / 4_000 < 1.5, `origin ${index} is off by ${sum / 4_000} requests of 100 on average`);
    }
  });
}

test('whatever happens: never an origin that is ejected or full while another is usable, and never more than half ejected', () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = seededRandom(seed);
    const whole = (max: number) => Math.floor(random.next() * max);
    const weights = Array.from({ length: 1 + whole(6) }, () => 1 + whole(5));
    const { group, clock } = groupOf(weights, { requestsMax: 4, outlier: { failures: 2, ejectMs: 500 } }, seed);
    const open: Endpoint[] = [];
    for (let step = 0; step < 400; step++) {
      clock.nowMs += whole(120);
      const avoid = random.next() < 0.3 ? group.members[whole(weights.length)] : undefined;
      const picked = group.pick(avoid);
      const told = `seed ${seed}, step ${step}`;
      const states = group.states();
      const stateOf = (endpoint: Endpoint) => states[group.members.indexOf(endpoint as (typeof group.members)[0])]!;
      const isOpen = (state: (typeof states)[0]) => !state.isEjected && state.isHealthy;
      const anyUsable = states.some(isOpen);
      if (picked !== undefined) {
        assert.ok(picked !== avoid, told);
        assert.ok(stateOf(picked).inFlight < 4, told);
        assert.ok(!anyUsable || isOpen(stateOf(picked)), told);
      } else {
        const left = group.members.filter(
          (member) => member !== avoid && member.inFlight < 4 && (!anyUsable || isOpen(stateOf(member))),
        );
        assert.deepEqual(left, [], told);
      }
      assert.ok(states.filter((state) => state.isEjected).length <= weights.length / 2, told);
      if (picked !== undefined) {
        group.onStarted(picked);
        open.push(picked);
      }
      while (open.length > whole(12)) {
        const [ended] = open.splice(whole(open.length), 1);
        const outcome = (['answered', 'connect-failed', 'failed', 'abandoned'] as const)[whole(4)] as UpstreamOutcome;
        group.onEnded(ended!, outcome, outcome === 'answered' ? [200, 404, 500, 503][whole(4)]! : null, 1);
      }
      assert.equal(
        open.length,
        group.members.reduce((sum, member) => sum + member.inFlight, 0),
        told,
      );
    }
  }
});

test('when probes call all unhealthy, all are used', () => {
  const { group } = groupOf([1, 1, 1], { health: { path: '/', unhealthyAfter: 1 } });
  const health = group.upstream.health!;
  group.members[0]!.health.onProbe(false, health);
  for (let round = 0; round < 50; round++) assert.notEqual(group.pick(), group.members[0]);
  group.members[1]!.health.onProbe(false, health);
  group.members[2]!.health.onProbe(false, health);
  const picked = new Set(Array.from({ length: 100 }, () => group.pick()));
  assert.equal(picked.size, 3);
});

test('one origin alone is never ejected, and avoiding it leaves nowhere to go', () => {
  const { group } = groupOf([1]);
  failing(group, group.members[0]!, 50);
  assert.equal(group.pick(), group.members[0]);
  assert.equal(group.pick(group.members[0]), undefined);
});

test('avoiding a set leaves the rest', () => {
  const { group } = groupOf([1, 1, 1]);
  const [first, second, third] = group.members;
  for (let round = 0; round < 20; round++) assert.equal(group.pick(new Set([first!, third!])), second);
});

test('a full group gives nothing', () => {
  const { group } = groupOf([1, 2], { requestsMax: 2 });
  for (let round = 0; round < 4; round++) group.onStarted(group.pick()!);
  assert.equal(group.pick(), undefined);
});

test('gateway errors count like failures, an application error does not, and abandoned says nothing', () => {
  const { group } = groupOf([1, 1], { outlier: { failures: 3 } });
  const [first] = group.members;
  const end = (outcome: UpstreamOutcome, status: number | null) => {
    group.onStarted(first!);
    group.onEnded(first!, outcome, status, 1);
  };
  for (let round = 0; round < 10; round++) end('answered', 500);
  for (let round = 0; round < 10; round++) end('abandoned', null);
  end('answered', 502);
  end('answered', 504);
  assert.equal(group.states()[0]!.isEjected, false);
  end('abandoned', null);
  end('failed', null);
  assert.equal(group.states()[0]!.isEjected, true);
});

test('a reload keeps the state of what it leaves as it is, and of each origin that stays', () => {
  const clock = new MadeUpClock();
  const groups = new OriginGroups(clock, seededRandom(1));
  groups.update([siteOf([1, 1, 1]), { ...siteOf([1]), name: 'other' }]);
  const before = groups.get('shop')!;
  failing(before, before.members[0]!, 5);
  before.onStarted(before.members[1]!);
  groups.update([siteOf([1, 1, 1])]);
  assert.equal(groups.get('shop'), before);
  assert.equal(groups.get('other'), undefined);

  groups.update([siteOf([2, 1])]);
  const after = groups.get('shop')!;
  assert.notEqual(after, before);
  assert.equal(after.states()[0]!.isEjected, true);
  assert.equal(after.states()[0]!.weight, 2);
  assert.equal(after.states()[1]!.inFlight, 1);
  before.onEnded(before.members[1]!, 'answered', 200, 5);
  assert.equal(after.states()[1]!.inFlight, 0);
});

test('when probing ends with a reload, nobody stays unhealthy', () => {
  const clock = new MadeUpClock();
  const groups = new OriginGroups(clock, seededRandom(1));
  groups.update([siteOf([1, 1], { upstream: { health: { path: '/', unhealthyAfter: 1 } } })]);
  const before = groups.get('shop')!;
  before.members[0]!.health.onProbe(false, before.upstream.health!);
  groups.update([siteOf([1, 1])]);
  assert.equal(groups.get('shop')!.states()[0]!.isHealthy, true);
});

test('endpoints over TLS with different demands share no connections', () => {
  const origin = 'https://app:443';
  const keyOf = (tls: object) =>
    new OriginGroup(
      siteOf([], { origins: [{ url: origin }], upstream: { tls } }),
      new MadeUpClock(),
      seededRandom(1),
    ).pick()!.key;
  assert.equal(keyOf({}), keyOf({ verify: true }));
  assert.notEqual(keyOf({}), keyOf({ verify: false }));
  assert.notEqual(keyOf({}), keyOf({ serverName: 'other' }));
});
