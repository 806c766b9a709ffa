import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutlierState } from './outlier.ts';

const choices = { isEnabled: true, failures: 3, ejectMs: 1_000, ejectMsMax: 10_000 };
const yes = () => true;

function fail(state: OutlierState, nowMs: number, times: number, mayEject = yes): void {
  for (let time = 0; time < times; time++) state.onFailure(nowMs, choices, mayEject);
}

/** How long it is ejected from `nowMs` on. */
function pauseMs(state: OutlierState, nowMs: number): number {
  let ms = 0;
  while (state.isEjected(nowMs + ms)) ms += 100;
  return ms;
}

test('failures in a row eject; a success between them starts anew', () => {
  const state = new OutlierState();
  fail(state, 0, 2);
  state.onSuccess(0);
  fail(state, 0, 2);
  assert.equal(state.isEjected(0), false);
  fail(state, 0, 1);
  assert.equal(state.isEjected(0), true);
  assert.equal(state.isEjected(999), true);
  assert.equal(state.isEjected(1_000), false);
});

test('on probation one failure is enough, and each pause is twice the last, up to the longest', () => {
  const state = new OutlierState();
  fail(state, 0, 3);
  let nowMs = 0;
  const pauses: number[] = [];
  for (let round = 0; round < 6; round++) {
    pauses.push(pauseMs(state, nowMs));
    nowMs += pauses.at(-1)!;
    fail(state, nowMs, 1);
  }
  assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test('a success on probation takes it back; a quiet time makes pauses short again', () => {
  const state = new OutlierState();
  fail(state, 0, 3);
  fail(state, 1_000, 1);
  state.onSuccess(3_000);
  fail(state, 3_000, 2);
  assert.equal(state.isEjected(3_000), false);
  fail(state, 3_000, 1);
  assert.equal(pauseMs(state, 3_000), 4_000);
  state.onSuccess(7_000);
  fail(state, 60_000, 3);
  assert.equal(pauseMs(state, 60_000), 1_000);
});

test('what ends while it is ejected changes nothing', () => {
  const state = new OutlierState();
  fail(state, 0, 3);
  fail(state, 500, 50);
  state.onSuccess(600);
  assert.equal(pauseMs(state, 0), 1_000);
  assert.equal(state.ejections, 1);
  // Still on probation: the late success was an answer to what was sent before.
  fail(state, 1_000, 1);
  assert.equal(state.ejections, 2);
});

test('where nobody else is left it stays, and goes at the next failure when somebody is', () => {
  const state = new OutlierState();
  fail(state, 0, 20, () => false);
  assert.equal(state.isEjected(0), false);
  fail(state, 0, 1);
  assert.equal(state.isEjected(0), true);
});

test('switched off it does nothing', () => {
  const state = new OutlierState();
  for (let time = 0; time < 50; time++) state.onFailure(0, { ...choices, isEnabled: false }, yes);
  assert.equal(state.isEjected(0), false);
});
