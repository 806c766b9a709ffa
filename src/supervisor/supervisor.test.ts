import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import {
  agentHeartbeatMs,
  agentSilenceMs,
  heartbeatMs,
  heartbeatSilenceMs,
  type ToAgent,
} from '../contract/processMessages.ts';
import { silentLogger } from '../kernel/log.ts';
import { MadeUpClock } from '../kernel/testing/madeUpClock.ts';
import { Supervisor } from './index.ts';
import { supervisorLimits } from './limits.ts';

/** A child that hears and dies as the test says. */
class PretendChild extends EventEmitter {
  readonly pid: number | undefined = 1;
  readonly connected = true;
  readonly heard: ToAgent[] = [];

  readonly signals: string[] = [];

  send(message: ToAgent): boolean {
    this.heard.push(message);
    return false; // What a full pipe says of a message that it took.
  }

  kill(signal: string): boolean {
    this.signals.push(signal);
    return true;
  }
}

interface Scene {
  readonly supervisor: Supervisor;
  readonly agents: PretendChild[];
  readonly workers: PretendChild[];
  readonly rungs: string[];
  readonly clock: MadeUpClock;
  /** Lets the restart timers run out. */
  wait(): void;
}

function startSupervisor(refuses: (what: 'agent' | 'worker', nth: number) => boolean = () => false): Scene {
  const clock = new MadeUpClock();
  const agents: PretendChild[] = [];
  const workers: PretendChild[] = [];
  const rungs: string[] = [];
  const asked = { agent: 0, worker: 0 };
  const spawned = (what: 'agent' | 'worker', list: PretendChild[]) => {
    if (refuses(what, ++asked[what])) throw Object.assign(new Error('spawn ENOMEM'), { code: 'ENOMEM' });
    const child = new PretendChild();
    list.push(child);
    return child as unknown as ChildProcess;
  };
  const supervisor = new Supervisor([[7]], {
    startWorker: (_slot, rung) => {
      const child = spawned('worker', workers);
      rungs.push(rung);
      return child;
    },
    startAgent: () => spawned('agent', agents),
    clock,
    logger: silentLogger,
    serves: () => true,
    onFirstReady: () => {},
  });
  supervisor.start();
  return { supervisor, agents, workers, rungs, clock, wait: () => clock.pass(6_000) };
}

const currentKills = ({ agents }: Scene) => agents.flatMap(({ heard }) => heard.filter(isCurrentKills)).length;
const isCurrentKills = ({ type }: ToAgent) => type === 'current-kills';

test('an agent is told once of a row of deaths, and the next start is on what it decided', () => {
  const scene = startSupervisor();
  for (let death = 0; death < 7; death++) {
    scene.workers.at(-1)?.emit('exit', 70, null);
    scene.wait();
  }
  assert.deepEqual(scene.rungs, [...Array(4).fill('current'), 'previous', ...Array(3).fill('current')]);
  assert.equal(currentKills(scene), 1);
});

test('with no agent there workers stay one rung lower, and the one that comes is told', () => {
  const scene = startSupervisor((what, nth) => what === 'agent' && (nth === 2 || nth === 3));
  scene.agents[0]?.emit('exit', 1, null);
  scene.clock.pass(1);
  for (let death = 0; death < 2; death++) {
    scene.workers.at(-1)?.emit('exit', 70, null);
    scene.clock.pass(death === 0 ? 1 : 240);
  }
  assert.equal(scene.agents.length, 1, 'the next one could not be started yet');
  scene.wait();
  scene.wait();
  assert.equal(scene.rungs.at(-1), 'previous');
  assert.equal(currentKills(scene), 1);
});

test('the system gives no process for a while: tried again with pauses, nothing ends', () => {
  const scene = startSupervisor((_what, nth) => nth <= 3);
  assert.equal(scene.workers.length + scene.agents.length, 0);
  for (let time = 0; time < 3; time++) scene.wait();
  assert.deepEqual([scene.workers.length, scene.agents.length], [1, 1]);
});

test('no process for a replacement: the worker that is there stays', () => {
  const scene = startSupervisor((what, nth) => what === 'worker' && nth === 2);
  scene.supervisor.replaceAll();
  scene.supervisor.replaceAll();
  assert.equal(scene.workers.length, 2, 'the second try has its turn');
});

test('to be told of the set that it loaded takes no blame from the stored set; another set does', () => {
  for (const told of [1, 2]) {
    const scene = startSupervisor();
    for (let death = 0; death < 4; death++) {
      const worker = scene.workers.at(-1);
      worker?.emit('message', { type: 'ready', versions: { sites: 1 }, missing: [] });
      const message = { type: 'activate', id: 1, versions: { sites: told }, localKilled: [] };
      scene.agents[0]?.emit('message', { type: 'to-worker', slot: 1, message });
      worker?.emit('exit', 70, null);
      scene.wait();
    }
    assert.equal(scene.rungs.at(-1), told === 1 ? 'previous' : 'current');
  }
});

test('workers that die at once for ten minutes are started again in pauses that double up to a bound', () => {
  const scene = startSupervisor();
  const { clock, workers } = scene;
  const startedAtMs = [clock.monotonicMs()];
  for (const endMs = clock.monotonicMs() + 600_000; clock.monotonicMs() < endMs; ) {
    workers.at(-1)?.emit('exit', 70, null);
    for (const before = workers.length; workers.length === before; ) clock.pass(1);
    startedAtMs.push(clock.monotonicMs());
  }
  const pausesMs = startedAtMs.slice(1).map((ms, index) => ms - startedAtMs[index]!);
  assert.deepEqual(pausesMs.slice(0, 8), [1, 250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  assert.ok(pausesMs.slice(6).every((ms) => ms === supervisorLimits.restartDelayMsMax));

  clock.pass(supervisorLimits.healthyAfterMs);
  workers.at(-1)?.emit('exit', 70, null);
  clock.pass(1);
  const before = workers.length;
  workers.at(-1)?.emit('exit', 70, null);
  clock.pass(supervisorLimits.restartDelayMsFirst);
  assert.equal(workers.length, before + 1, 'one that lived long begins a new row');
});

test('an hour of heartbeats ends nobody; whoever falls silent is killed in its time, worker before agent', () => {
  const { clock, workers, agents, supervisor } = startSupervisor();
  const [worker, agent] = [workers[0]!, agents[0]!];
  const heartbeat = { type: 'heartbeat', health: { rssBytes: 0 } };
  worker.emit('message', { type: 'ready', versions: {}, missing: [] });
  const beats = [
    clock.every(heartbeatMs, () => worker.emit('message', heartbeat)),
    clock.every(agentHeartbeatMs, () => agent.emit('message', { type: 'heartbeat' })),
  ];
  clock.pass(3_600_000);
  assert.deepEqual([worker.signals, agent.signals], [[], []]);

  for (const beat of beats) beat.cancel();
  clock.pass(heartbeatSilenceMs);
  assert.deepEqual([worker.signals, agent.signals], [[], []], 'not yet');
  clock.pass(2 * supervisorLimits.checkEveryMs);
  assert.deepEqual([worker.signals, agent.signals], [['SIGKILL'], []]);
  clock.pass(agentSilenceMs - heartbeatSilenceMs);
  assert.deepEqual([worker.signals, agent.signals], [['SIGKILL'], ['SIGKILL']], 'each once');
  void supervisor.stop(0);
});

test('a machine that slept for an hour: silence then is nobody’s fault', () => {
  const { clock, workers, agents } = startSupervisor();
  workers[0]?.emit('message', { type: 'ready', versions: {}, missing: [] });
  clock.pass(1_000);
  clock.nowMs += 3_600_000;
  clock.pass(heartbeatSilenceMs);
  assert.deepEqual([workers[0]?.signals, agents[0]?.signals], [[], []]);
  clock.pass(2 * supervisorLimits.checkEveryMs);
  assert.deepEqual(workers[0]?.signals, ['SIGKILL'], 'from when it woke its silence counts');
});

test('the last process may end: nothing of a stopped supervisor waits any more', async () => {
  const { clock, workers, agents, supervisor } = startSupervisor();
  workers[0]?.emit('message', { type: 'ready', versions: {}, missing: [] });
  const stopped = supervisor.stop(1_000);
  workers[0]?.emit('exit', 0, null);
  agents[0]?.emit('exit', 0, null);
  await stopped;
  assert.equal(clock.holding, 0);
});
