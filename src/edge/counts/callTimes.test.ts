import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callBoundsUs } from '../../contract/metrics/bounds.ts';
import { CallTimes } from './callTimes.ts';

test('a call is counted at the first bound that it does not exceed, and above all bounds at the end', () => {
  const times = new CallTimes();
  for (const tookMs of [0, 0.001, 0.0011, 0.0065, 50, 51]) times.record(tookMs);
  const counts = Array.from(times.counts);
  assert.equal(counts.length, callBoundsUs.length + 1);
  assert.deepEqual([counts[0], counts[1], counts[6], counts.at(-2), counts.at(-1)], [2, 1, 1, 1, 1]);
  assert.ok(Math.abs(times.sumMs - 101.0086) < 1e-9);
});
