import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleKinds } from '../contract/bundleKind.ts';
import { groupOf, kindGroups } from './lastGoodState.ts';

test('features and model are given up together, every other kind alone, in the order in which they come into force', () => {
  assert.deepEqual(
    kindGroups.filter((group) => group.length > 1),
    [['features', 'model']],
  );
  assert.deepEqual(kindGroups.flat(), bundleKinds);
  assert.deepEqual(groupOf('model'), ['features', 'model']);
  assert.deepEqual(groupOf('signals'), ['signals']);
});
