import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseTimes, shareBetween } from './machineLoad.ts';

it('waiting for a disk is idle, time stolen by other machines is not, guests count once', () => {
  assert.deepEqual(parseTimes('cpu  10 1 5 70 8 2 3 1 9 9\ncpu0 1 1 1 1\n'), { idle: 78, total: 100 });
});

it('the share is that of the time between', () => {
  assert.equal(shareBetween({ idle: 100, total: 200 }, { idle: 175, total: 300 }), 0.25);
  assert.equal(shareBetween({ idle: 1, total: 2 }, { idle: 1, total: 2 }), 0);
});
