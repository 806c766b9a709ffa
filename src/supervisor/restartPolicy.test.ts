import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterDeath, noDeaths, restartDelayMs, startsOnPrevious } from './restartPolicy.ts';

test('delays: none, then doubling, bounded', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 60].map((inRow) => restartDelayMs({ inRow, inRowOnStored: 0 }));
  assert.deepEqual(delays, [0, 250, 500, 1000, 2000, 4000, 5000, 5000]);
});

test('two deaths on the stored set: one rung lower where no agent judges', () => {
  const twice = afterDeath(afterDeath(noDeaths, 100, true), 100, true);
  assert.equal(startsOnPrevious(twice, false), true);
  assert.equal(startsOnPrevious(twice, true), false);
  const often = afterDeath(afterDeath(twice, 100, true), 100, true);
  assert.equal(startsOnPrevious(often, true), true);
});

test('deaths on a set under trial do not speak against the stored one', () => {
  const twice = afterDeath(afterDeath(noDeaths, 100, false), 100, false);
  assert.equal(startsOnPrevious(twice, false), false);
});

test('a worker that lived long clears the record', () => {
  const record = afterDeath({ inRow: 5, inRowOnStored: 5 }, 60_000, true);
  assert.deepEqual(record, { inRow: 1, inRowOnStored: 1 });
});
