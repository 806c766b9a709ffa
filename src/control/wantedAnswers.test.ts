import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KindVersions } from '../contract/bundleKind.ts';
import { MadeUpClock } from '../kernel/testing/madeUpClock.ts';
import { Changes } from './changes.ts';
import { controlLimits } from './limits.ts';
import type { Publisher } from './publisher.ts';
import { WantedAnswers } from './wantedAnswers.ts';

function scene() {
  const clock = new MadeUpClock();
  const changes = new Changes(clock);
  let wanted: KindVersions = { sites: 1 };
  const answers = new WantedAnswers({ wanted: () => wanted } as unknown as Publisher, changes, clock);
  return {
    clock,
    changes,
    publish(versions: KindVersions) {
      wanted = { ...wanted, ...versions };
      changes.announce();
    },
    /** A poll of an edge, with how long it took. */
    async poll(query: Record<string, string>, edge = 'edge', signal = new AbortController().signal) {
      const startMs = clock.monotonicMs();
      const versions = await answers.answer(edge, query, signal);
      return { versions, afterMs: clock.monotonicMs() - startMs };
    },
  };
}

test('a poll is answered at once with what is newer, else at the next change, else when its time is over', async () => {
  const { clock, changes, publish, poll } = scene();
  assert.deepEqual(await poll({ waitS: '20' }), { versions: { sites: 1 }, afterMs: 0 });

  const waiting = poll({ waitS: '20', sites: '1' });
  const changed = poll({ waitS: '60', sites: '1' }, 'another');
  await clock.advance(45_000);
  assert.deepEqual(await waiting, { versions: { sites: 1 }, afterMs: 20_000 });
  publish({ sites: 2 });
  assert.deepEqual(await changed, { versions: { sites: 2 }, afterMs: 45_000 });

  const greedy = poll({ waitS: '86400', sites: '2' });
  await clock.advance(86_400_000);
  assert.equal((await greedy).afterMs, controlLimits.waitSMax * 1_000);
  assert.deepEqual([changes.waiting, clock.waiting], [0, 0]);
});

test('an edge that refuses what it is told asks once a second, not more; a change ends that wait', async () => {
  const { clock, publish, poll } = scene();
  let polls = 0;
  let isOver = false;
  const stubborn = (async () => {
    for (; !isOver && polls < 10_000; polls++) await poll({ waitS: '20' });
  })();
  await clock.advance(600_000);
  assert.ok(polls >= 599 && polls <= 602, `${polls} in ten minutes`);
  const before = polls;
  await clock.advance(300);
  publish({ sites: 2 });
  await clock.advance(1);
  assert.ok(polls > before, 'told of the change at once');
  isOver = true;
  await clock.advance(2_000);
  await stubborn;
});

test('whoever hangs up is let go at once, and beyond the bound whoever waits longest', async () => {
  const { clock, changes, poll } = scene();
  const hangsUp = new AbortController();
  const left = poll({ waitS: '20', sites: '1' }, 'edge', hangsUp.signal);
  await clock.advance(7_000);
  hangsUp.abort();
  assert.equal((await left).afterMs, 7_000);
  assert.deepEqual([changes.waiting, clock.waiting], [0, 0]);

  const open = Array.from({ length: controlLimits.waitersMax }, () =>
    changes.wait(20_000, new AbortController().signal),
  );
  assert.equal(changes.waiting, controlLimits.waitersMax);
  void changes.wait(20_000, new AbortController().signal);
  let wasLetGo = false;
  void open[0]?.then(() => {
    wasLetGo = true;
  });
  await clock.advance(1);
  assert.ok(wasLetGo);
  assert.deepEqual([changes.waiting, clock.waiting], [controlLimits.waitersMax, controlLimits.waitersMax]);
  await clock.advance(20_000);
  assert.deepEqual([changes.waiting, clock.waiting], [0, 0]);
});
