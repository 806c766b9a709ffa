import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextImmediate } from 'node:timers/promises';
import { type AtTurnEnd, type TurnStep, Turns } from './turns.ts';

function noting(said: string[], name: string, then?: (step: TurnStep) => void): AtTurnEnd {
  return {
    onTurnEnd: (step) => {
      said.push(`${name} ${step}`);
      then?.(step);
    },
  };
}

test('the steps are done in their order, each for all, whatever order they were asked for in', async () => {
  const turns = new Turns();
  const said: string[] = [];
  turns.add('write', noting(said, 'a'));
  turns.add('conclude', noting(said, 'a'));
  turns.add('take', noting(said, 'b'));
  turns.add('handle', noting(said, 'a'));
  turns.add('handle', noting(said, 'b'));
  assert.deepEqual(said, [], 'nothing before the end of the turn');
  await nextImmediate();
  assert.deepEqual(said, ['b take', 'a handle', 'b handle', 'a write', 'a conclude']);
});

test('what a step brings up for itself or a later one is done in the same turn, for an earlier one in the next', async () => {
  const turns = new Turns();
  const said: string[] = [];
  const last = noting(said, 'last');
  const more = noting(said, 'more', () => {
    turns.add('write', last);
    turns.add('handle', last);
    turns.add('take', last);
  });
  turns.add('handle', more);
  await nextImmediate();
  assert.deepEqual(said, ['more handle', 'last handle', 'last write']);
  await nextImmediate();
  assert.deepEqual(said.slice(3), ['last take']);
});
