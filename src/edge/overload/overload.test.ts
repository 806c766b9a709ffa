import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OverloadState } from '../../contract/metrics/labelValues.ts';
import { MadeUpClock } from '../../kernel/testing/madeUpClock.ts';
import { LoadMeter, type LoadSigns, Overload, overloadLimits } from './index.ts';

const bounds = { rssBytesMax: 1_000, connectionsMax: 100 };
const quiet: LoadSigns = { loopDelayMs: 1, rssBytes: 100, connections: 10 };
const { looksToShed, looksToCalm } = overloadLimits;

function look(overload: Overload, signs: Partial<LoadSigns>, times: number): void {
  for (let time = 0; time < times; time++) overload.look({ ...quiet, ...signs });
}

/** Overload in a state to which a delay has led it. */
function overloadIn(state: OverloadState): Overload {
  const overload = new Overload(bounds);
  if (state !== 'calm')
    look(overload, { loopDelayMs: 10_000 }, state === 'shed-requests' ? 2 * looksToShed : looksToShed);
  assert.equal(overload.state, state);
  return overload;
}

test('what each state sheds', () => {
  const shed = (state: OverloadState) => {
    const overload = overloadIn(state);
    return [overload.sheds('connection'), overload.sheds('request')];
  };
  assert.deepEqual(shed('calm'), [false, false]);
  assert.deepEqual(shed('shed-connections'), [true, false]);
  assert.deepEqual(shed('shed-requests'), [true, true]);
});

/* Where enough looks of one kind lead from each state; the other states are not passed over. */
const leads: readonly [string, Partial<LoadSigns>, Record<OverloadState, OverloadState>][] = [
  ['nothing', {}, { calm: 'calm', 'shed-connections': 'calm', 'shed-requests': 'shed-connections' }],
  [
    'a delay that sheds connections',
    { loopDelayMs: overloadLimits.delayMs.connection },
    { calm: 'shed-connections', 'shed-connections': 'shed-connections', 'shed-requests': 'shed-connections' },
  ],
  [
    'a delay below what led here, above what lets go',
    { loopDelayMs: overloadLimits.delayMs.connection * 0.6 },
    { calm: 'calm', 'shed-connections': 'shed-connections', 'shed-requests': 'shed-connections' },
  ],
  [
    'a delay that sheds requests',
    { loopDelayMs: overloadLimits.delayMs.request },
    { calm: 'shed-connections', 'shed-connections': 'shed-requests', 'shed-requests': 'shed-requests' },
  ],
  [
    'memory that sheds connections',
    { rssBytes: 1_160 },
    { calm: 'shed-connections', 'shed-connections': 'shed-connections', 'shed-requests': 'shed-connections' },
  ],
  [
    'memory that sheds requests',
    { rssBytes: 1_300 },
    { calm: 'shed-connections', 'shed-connections': 'shed-requests', 'shed-requests': 'shed-requests' },
  ],
  [
    'memory above the limit at which the worker is replaced',
    { rssBytes: 1_050 },
    { calm: 'calm', 'shed-connections': 'calm', 'shed-requests': 'shed-connections' },
  ],
  [
    'all connections taken',
    { connections: 100 },
    { calm: 'shed-connections', 'shed-connections': 'shed-connections', 'shed-requests': 'shed-connections' },
  ],
  [
    'all but a few taken',
    { connections: 96 },
    { calm: 'calm', 'shed-connections': 'shed-connections', 'shed-requests': 'shed-connections' },
  ],
];
for (const [what, signs, to] of leads) {
  test(`${what}: one step at a time, after enough looks that agree`, () => {
    for (const from of ['calm', 'shed-connections', 'shed-requests'] as const) {
      const overload = overloadIn(from);
      const order = ['calm', 'shed-connections', 'shed-requests'];
      const worse = order.indexOf(to[from]) > order.indexOf(from);
      const looks = worse ? looksToShed : looksToCalm;
      look(overload, signs, looks - 1);
      assert.equal(overload.state, from, 'not before');
      look(overload, signs, 1);
      assert.equal(overload.state, to[from]);
    }
  });
}

test('one look that disagrees starts the count anew', () => {
  const overload = overloadIn('calm');
  look(overload, { loopDelayMs: 5_000 }, looksToShed - 1);
  look(overload, {}, 1);
  look(overload, { loopDelayMs: 5_000 }, looksToShed - 1);
  assert.equal(overload.state, 'calm');
  look(overload, { loopDelayMs: 5_000 }, 1);
  look(overload, {}, looksToCalm - 1);
  look(overload, { loopDelayMs: 200 }, 1);
  look(overload, {}, looksToCalm - 1);
  assert.equal(overload.state, 'shed-connections');
  assert.equal(overload.entered, 1);
});

test('whatever the signs are, it is in one of the states and gets out again', () => {
  const overload = new Overload(bounds);
  for (const wild of [Number.NaN, Number.POSITIVE_INFINITY, -1, 0]) {
    look(overload, { loopDelayMs: wild, rssBytes: wild, connections: wild }, 50);
    look(overload, {}, 2 * looksToCalm);
    assert.equal(overload.state, 'calm');
  }
});

test('the meter tells how late its timer is, and asks for memory about once a second', () => {
  const clock = new MadeUpClock();
  let asked = 0;
  const overload = new Overload(bounds);
  const meter = new LoadMeter({
    clock,
    overload,
    connections: () => 1,
    rssBytes: () => {
      asked += 1;
      return 500;
    },
  });
  const pass = (lateMs: number) => {
    clock.nowMs += overloadLimits.everyMs + lateMs;
    clock.pass(0);
  };
  for (let time = 0; time < 20; time++) pass(0);
  assert.deepEqual([asked, meter.rssBytes, meter.takeDelayMsMax()], [2, 500, 0]);
  for (let time = 0; time < looksToShed; time++) pass(300);
  assert.equal(overload.state, 'shed-connections');
  assert.deepEqual([meter.takeDelayMsMax(), meter.takeDelayMsMax()], [300, 0]);
  meter.stop();
  pass(9_000);
  assert.equal(meter.takeDelayMsMax(), 0);
});
