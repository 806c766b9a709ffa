import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkerHealth } from '../contract/processMessages.ts';
import { noFaults } from '../kernel/faults.ts';
import { MadeUpClock } from '../kernel/testing/madeUpClock.ts';
import { agentLimits } from './limits.ts';
import { rollOut, type Trial } from './rollout.ts';
import { WorkerFleet } from './workerFleet.ts';

const ignoring = { onReady: () => {}, onDeath: () => {}, onSample: () => {} };
const health = { requests: 0, moduleFailures: 0, rejected: {} } as WorkerHealth;

function scene(workers: number) {
  const clock = new MadeUpClock();
  const fleet = new WorkerFleet(() => {}, clock);
  for (let slot = 1; slot <= workers; slot++) {
    fleet.handle({ type: 'worker-started', slot, pid: slot }, ignoring);
    fleet.handle({ type: 'from-worker', slot, message: { type: 'ready', versions: {}, missing: [] } }, ignoring);
  }
  const trial: Trial = { kind: 'model', version: 2, slots: new Set() };
  /** As the agent does it, with the limits of production. */
  const rolledOut = (activate: (slot: number) => ReturnType<WorkerFleet['activate']>) =>
    rollOut(trial, { fleet, faults: noFaults, clock, watchMs: agentLimits.watchMs, activate });
  /** When a promise was settled, and with what. */
  const timed = <T>(work: Promise<T>) => {
    const startMs = clock.monotonicMs();
    return work.then((value) => ({ value, afterMs: clock.monotonicMs() - startMs }));
  };
  const beat = () => {
    for (const { slot } of fleet.all())
      fleet.handle({ type: 'from-worker', slot, message: { type: 'heartbeat', health } }, ignoring);
  };
  return { clock, fleet, rolledOut, timed, beat };
}

test('a worker that does not answer is silent after its time; one that is gone is told at once', async () => {
  const { clock, fleet, timed } = scene(2);
  const silent = timed(fleet.activate(1, {}, []));
  const gone = timed(fleet.activate(2, {}, []));
  await clock.advance(3_000);
  fleet.handle({ type: 'worker-died', slot: 2, code: 70, signal: null, hung: false }, ignoring);
  await clock.advance(60_000);
  assert.deepEqual(await silent, { value: { kind: 'silent' }, afterMs: agentLimits.activateMsMax });
  assert.deepEqual(await gone, { value: { kind: 'gone' }, afterMs: 3_000 });
  assert.equal(clock.waiting, 0, 'no timer outlives its wait');
});

test('a rollout with nobody there gives up after a minute and says nothing against the bundle', async () => {
  const { clock, rolledOut, timed } = scene(0);
  const outcome = timed(rolledOut(async () => ({ kind: 'activated' })));
  await clock.advance(600_000);
  assert.deepEqual(await outcome, { value: 'no-worker', afterMs: agentLimits.workerWaitMsMax });
});

test('a rollout is watched for its time on the first worker and again on all; silence ends it later than the watch', async () => {
  const well = scene(3);
  well.clock.every(250, well.beat);
  const outcome = well.timed(well.rolledOut(async () => ({ kind: 'activated' })));
  await well.clock.advance(60_000);
  const { value, afterMs } = await outcome;
  assert.deepEqual(value, []);
  assert.ok(afterMs >= 2 * agentLimits.watchMs && afterMs < 3 * agentLimits.watchMs, `${afterMs} ms`);

  const silent = scene(3);
  const refused = silent.timed(silent.rolledOut(async () => ({ kind: 'activated' })));
  // What was heard before the swap is no sign of life under the new set.
  silent.clock.nowMs += 1;
  await silent.clock.advance(60_000);
  const { value: findings, afterMs: refusedAfterMs } = await refused;
  assert.deepEqual(findings !== 'no-worker' && findings.map(({ reason }) => reason), ['watch-failed']);
  assert.ok(refusedAfterMs >= agentLimits.lifeSignMsMax, `${refusedAfterMs} ms`);
});
