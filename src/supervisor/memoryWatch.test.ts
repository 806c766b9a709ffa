import assert from 'node:assert/strict';
import { test } from 'node:test';
import { supervisorLimits } from './limits.ts';
import { MemoryWatch } from './memoryWatch.ts';

const { memoryHeartbeats, memoryPauseMs } = supervisorLimits;

/** Of so many heartbeats in a row: those at which it was to be replaced. */
function told(watch: MemoryWatch, rssBytes: readonly number[], livedMs: number): number[] {
  return rssBytes.flatMap((bytes, beat) => (watch.isOver(bytes, 100, livedMs + beat * 250) ? [beat] : []));
}

test('above the limit for several heartbeats in a row, and told once', () => {
  const above = Array(40).fill(101);
  assert.deepEqual(told(new MemoryWatch(), above, memoryPauseMs), [memoryHeartbeats - 1]);
  const withDip = above.map((bytes, beat) => (beat % memoryHeartbeats === 5 ? 100 : bytes));
  assert.deepEqual(told(new MemoryWatch(), withDip, memoryPauseMs), []);
});

test('a limit below what a worker needs replaces it once a while, not without end', () => {
  const watch = new MemoryWatch();
  const minutes = told(watch, Array(4 * 60 * 5).fill(101), 0);
  assert.equal(minutes.length, 4, `at ${minutes}`);
});
