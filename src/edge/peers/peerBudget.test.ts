import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PeerBudget } from './peerBudget.ts';

test('what may be heard in a second is bounded, and begins anew with the next', () => {
  const budget = new PeerBudget(100);
  assert.deepEqual(
    [60, 60, 60].map((wanted) => budget.take(wanted, 5_000)),
    [60, 40, 0],
  );
  assert.equal(budget.take(1, 5_999), 0);
  assert.equal(budget.take(60, 6_000), 60);
});
