import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep } from '../sleep.ts';
import { MadeUpClock } from './madeUpClock.ts';

test('what is due runs in its order and at its time, also what is set meanwhile; the first set is the first of equals', async () => {
  const clock = new MadeUpClock({ nowMs: 0 });
  const ran: string[] = [];
  const note = (what: string) => () => void ran.push(`${what} ${clock.monotonicMs()}`);
  clock.after(30, note('c'));
  clock.after(10, note('a'));
  clock.after(10, () => {
    note('b')();
    clock.after(5, note('b later'));
    clock.after(500, note('never'));
  });
  clock.every(12, note('again'));
  await clock.advance(36);
  assert.deepEqual(ran, ['a 10', 'b 10', 'again 12', 'b later 15', 'again 24', 'c 30', 'again 36']);
  assert.equal(clock.monotonicMs(), 36);
  assert.deepEqual([clock.waiting, clock.holding], [2, 2]);
});

test('whoever awaits a timer goes on at its time, before the next one', async () => {
  const clock = new MadeUpClock({ nowMs: 0 });
  const ran: string[] = [];
  const walk = async () => {
    for (let step = 0; step < 3; step++) {
      await sleep(clock, 10);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      ran.push(`step ${clock.monotonicMs()}`);
    }
  };
  const walking = walk();
  clock.every(15, () => ran.push(`tick ${clock.monotonicMs()}`), 'lets-go');
  await clock.advance(32);
  await walking;
  assert.deepEqual(ran, ['step 10', 'tick 15', 'step 20', 'tick 30', 'step 30']);
  assert.deepEqual([clock.waiting, clock.holding], [1, 0]);
});

test('time that passes while nobody looks makes timers late and is not made up for', () => {
  const clock = new MadeUpClock({ nowMs: 0 });
  const ran: number[] = [];
  clock.every(10, () => ran.push(clock.monotonicMs()));
  clock.nowMs += 95;
  clock.pass(20);
  assert.deepEqual(ran, [95, 105, 115]);
});

test('the wall clock goes along and may be set; a wait that Node could not keep is refused', () => {
  const clock = new MadeUpClock({ nowMs: 0, wallMs: 500 });
  clock.pass(100);
  assert.equal(clock.wallMs(), 600);
  clock.setWall(50);
  clock.pass(1);
  assert.deepEqual([clock.wallMs(), clock.monotonicMs()], [51, 101]);
  for (const ms of [2 ** 31, Number.POSITIVE_INFINITY, Number.NaN]) {
    assert.throws(() => clock.after(ms, () => {}), /cannot wait/);
  }
});
