import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { ToAgent } from '../contract/processMessages.ts';
import { systemClock } from '../kernel/clock.ts';
import { silentLogger } from '../kernel/log.ts';
import { Supervisor } from './index.ts';

/** A child that hears and dies as the test says. */
class PretendChild extends EventEmitter {
  readonly pid: number | undefined = 1;
  readonly connected = true;
  readonly heard: ToAgent[] = [];

  send(message: ToAgent): boolean {
    this.heard.push(message);
    return false; // What a full pipe says of a message that it took.
  }

  kill(): boolean {
    return true;
  }
}

interface Scene {
  readonly supervisor: Supervisor;
  readonly agents: PretendChild[];
  readonly workers: PretendChild[];
  readonly rungs: string[];
  /** Lets the restart timers run out. */
  wait(): void;
}

function startSupervisor(
  context: TestContext,
  refuses: (what: 'agent' | 'worker', nth: number) => boolean = () => false,
): Scene {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
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
    clock: systemClock,
    logger: silentLogger,
    serves: () => true,
    onFirstReady: () => {},
  });
  supervisor.start();
  return { supervisor, agents, workers, rungs, wait: () => context.mock.timers.tick(6_000) };
}

const currentKills = ({ agents }: Scene) => agents.flatMap(({ heard }) => heard.filter(isCurrentKills)).length;
const isCurrentKills = ({ type }: ToAgent) => type === 'current-kills';

test('an agent is told once of a row of deaths, and the next start is on what it decided', (context) => {
  const scene = startSupervisor(context);
  for (let death = 0; death < 7; death++) {
    scene.workers.at(-1)?.emit('exit', 70, null);
    scene.wait();
  }
  assert.deepEqual(scene.rungs, [...Array(4).fill('current'), 'previous', ...Array(3).fill('current')]);
  assert.equal(currentKills(scene), 1);
});

test('with no agent there workers stay one rung lower, and the one that comes is told', (context) => {
  const scene = startSupervisor(context, (what, nth) => what === 'agent' && (nth === 2 || nth === 3));
  scene.agents[0]?.emit('exit', 1, null);
  context.mock.timers.tick(1);
  for (let death = 0; death < 2; death++) {
    scene.workers.at(-1)?.emit('exit', 70, null);
    context.mock.timers.tick(death === 0 ? 1 : 240);
  }
  assert.equal(scene.agents.length, 1, 'the next one could not be started yet');
  scene.wait();
  scene.wait();
  assert.equal(scene.rungs.at(-1), 'previous');
  assert.equal(currentKills(scene), 1);
});

test('the system gives no process for a while: tried again with pauses, nothing ends', (context) => {
  const scene = startSupervisor(context, (_what, nth) => nth <= 3);
  assert.equal(scene.workers.length + scene.agents.length, 0);
  for (let time = 0; time < 3; time++) scene.wait();
  assert.deepEqual([scene.workers.length, scene.agents.length], [1, 1]);
});

test('no process for a replacement: the worker that is there stays', (context) => {
  const scene = startSupervisor(context, (what, nth) => what === 'worker' && nth === 2);
  scene.supervisor.replaceAll();
  scene.supervisor.replaceAll();
  assert.equal(scene.workers.length, 2, 'the second try has its turn');
});

test('to be told of the set that it loaded takes no blame from the stored set; another set does', (context) => {
  for (const told of [1, 2]) {
    const scene = startSupervisor(context);
    for (let death = 0; death < 4; death++) {
      const worker = scene.workers.at(-1);
      worker?.emit('message', { type: 'ready', versions: { sites: 1 }, missing: [] });
      const message = { type: 'activate', id: 1, versions: { sites: told }, localKilled: [] };
      scene.agents[0]?.emit('message', { type: 'to-worker', slot: 1, message });
      worker?.emit('exit', 70, null);
      scene.wait();
    }
    assert.equal(scene.rungs.at(-1), told === 1 ? 'previous' : 'current');
    context.mock.timers.reset();
  }
});
