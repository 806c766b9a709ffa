import assert from 'node:assert/strict';
import { it } from 'node:test';
import { summarize } from './statistics.ts';

it('the median is the middle round, whatever the order', () => {
  assert.deepEqual(summarize([9, 1, 5]), { median: 5, min: 1, max: 9 });
});

it('of an even count it is the mean of the middle two', () => {
  assert.deepEqual(summarize([10, 2, 4, 8]), { median: 6, min: 2, max: 10 });
});

it('no rounds, or one that is no number, give no figure', () => {
  assert.equal(summarize([]), null);
  assert.equal(summarize([1, Number.NaN]), null);
  assert.equal(summarize([1, Number.POSITIVE_INFINITY]), null);
});
