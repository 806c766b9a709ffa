import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FromWorker, WorkerHealth } from '../contract/processMessages.ts';
import { systemClock } from '../kernel/clock.ts';
import { noFaults } from '../kernel/faults.ts';
import { rollOut, type Trial } from './rollout.ts';
import { WorkerFleet } from './workerFleet.ts';

const health: WorkerHealth = {
  requests: 0,
  status5xxOwn: 0,
  upstreamFailures: 0,
  refusals: 0,
  moduleFailures: 0,
  logRecordsDropped: 0,
  rejected: {},
  latencyP99Ms: 0,
  rssBytes: 0,
};
const ignoring = { onReady: () => {}, onDeath: () => {}, onSample: () => {} };

/** Three workers that do as `onActivate` says, and the order in which they were told of the bundle. */
function scene(onActivate: (slot: number, tools: Tools) => void, lifeSignMsMax = 2_000) {
  const told: number[] = [];
  const fleet: WorkerFleet = new WorkerFleet(() => {}, systemClock);
  const say = (slot: number, message: FromWorker) => fleet.handle({ type: 'from-worker', slot, message }, ignoring);
  const tools: Tools = {
    beat: (slot, counts = {}) => say(slot, { type: 'heartbeat', health: { ...health, ...counts } }),
    beatAll: () => {
      for (const { slot } of fleet.ready()) tools.beat(slot);
    },
    die: (slot) => {
      fleet.handle({ type: 'worker-died', slot, code: 70, signal: null, hung: false }, ignoring);
      tools.come(slot);
    },
    come: (slot) => {
      fleet.handle({ type: 'worker-started', slot, pid: Math.random() * 1e6 }, ignoring);
      say(slot, { type: 'ready', versions: {}, missing: [] });
    },
  };
  for (const slot of [1, 2, 3]) tools.come(slot);
  const trial: Trial = { kind: 'model', version: 2, slots: new Set() };
  const outcome = rollOut(trial, {
    fleet,
    faults: noFaults,
    clock: systemClock,
    watchMs: 20,
    lifeSignMsMax,
    activate: async (slot) => {
      told.push(slot);
      setTimeout(() => onActivate(slot, tools), 5);
      return { kind: 'activated' };
    },
  });
  return { outcome, told, tools };
}

interface Tools {
  beat(slot: number, counts?: Partial<WorkerHealth>): void;
  beatAll(): void;
  die(slot: number): void;
  come(slot: number): void;
}

function beating(tools: Tools): NodeJS.Timeout {
  return setInterval(() => tools.beatAll(), 5);
}

test('a worker that says nothing of its health does not pass the watch', async () => {
  const { outcome, told } = scene(() => {}, 50);
  const findings = await outcome;
  assert.deepEqual(findings !== 'no-worker' && findings.map(({ reason }) => reason), ['watch-failed']);
  assert.deepEqual(told, [1]);
});

test('a worker that falls silent under watch does not pass it', async () => {
  const { outcome } = scene((slot, tools) => tools.beat(slot), 50);
  const findings = await outcome;
  assert.deepEqual(findings !== 'no-worker' && findings.map(({ reason }) => reason), ['watch-failed']);
});

test('the rest are swapped one after another, each only when the one before lives; none after a death', async () => {
  let isBeating = true;
  const { outcome, told, tools } = scene((slot, tools) => {
    if (slot !== 2) return;
    isBeating = false;
    tools.die(2);
    isBeating = true;
  });
  const timer = setInterval(() => isBeating && tools.beatAll(), 20);
  const findings = await outcome;
  clearInterval(timer);
  assert.deepEqual(findings !== 'no-worker' && findings.map(({ reason }) => reason), ['worker-died']);
  assert.ok(!told.includes(3), `told in order: ${told}`);
});

test('with all well, everybody runs it', async () => {
  const { outcome, told, tools } = scene(() => {});
  const timer = beating(tools);
  assert.deepEqual(await outcome, []);
  clearInterval(timer);
  assert.deepEqual(told, [1, 1, 2, 3]);
});
