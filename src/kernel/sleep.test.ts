import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { sleep } from './sleep.ts';
import { MadeUpClock } from './testing/madeUpClock.ts';
import { withDeadline } from './withDeadline.ts';

test('sleep ends at its time or when it is stopped, and leaves neither timer nor listener behind', async () => {
  const clock = new MadeUpClock({ nowMs: 0 });
  const stop = new AbortController();
  const woken: string[] = [];
  void sleep(clock, 50, stop.signal).then(() => woken.push(`first ${clock.monotonicMs()}`));
  void sleep(clock, 5_000, stop.signal).then(() => woken.push(`second ${clock.monotonicMs()}`));
  await clock.advance(100);
  assert.deepEqual(woken, ['first 50']);
  stop.abort();
  await clock.advance(1);
  assert.deepEqual(woken, ['first 50', 'second 100']);
  await sleep(clock, 5_000, stop.signal);
  assert.equal(clock.waiting, 0);
  assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
});

test('work with a deadline: its own outcome, or a signal at the deadline or when it is stopped; no timer stays', async () => {
  const clock = new MadeUpClock();
  assert.equal(await withDeadline(clock, 1_000, async () => 'done'), 'done');
  await assert.rejects(
    withDeadline(clock, 1_000, () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(clock.waiting, 0);

  const untilAborted = (signal: AbortSignal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const late = assert.rejects(withDeadline(clock, 1_000, untilAborted), { name: 'TimeoutError' });
  assert.deepEqual([clock.waiting, clock.holding], [1, 0], 'what is open holds the process, not its deadline');
  await clock.advance(1_000);
  await late;

  const stop = new AbortController();
  const stopped = assert.rejects(withDeadline(clock, 1_000, untilAborted, stop.signal), { name: 'AbortError' });
  stop.abort();
  await clock.advance(1_000);
  await stopped;
  assert.equal(clock.waiting, 0);
});
