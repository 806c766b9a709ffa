import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupOf, kindGroups } from './lastGoodState.ts';

test('features and model are given up together, every other kind alone, in the order in which they come into force', () => {
  assert.deepEqual(kindGroups, [['lists'], ['features', 'model'], ['signals'], ['sites'], ['switches']]);
  assert.deepEqual(groupOf('model'), ['features', 'model']);
  assert.deepEqual(groupOf('signals'), ['signals']);
});
