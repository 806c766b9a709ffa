import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { FromAgent, FromWorker, ToAgent, ToWorker } from '../contract/processMessages.ts';
import { silentLogger } from '../kernel/log.ts';
import { MadeUpClock } from '../kernel/testing/madeUpClock.ts';
import { Supervisor } from './index.ts';
import { supervisorLimits } from './limits.ts';

/** A process that hears, says and ends what the test wants. */
class PretendProcess extends EventEmitter {
  readonly connected = true;
  readonly heard: (ToAgent | ToWorker)[] = [];
  readonly signals: string[] = [];
  readonly pid: number;

  constructor(pid: number) {
    super();
    this.pid = pid;
  }

  send(message: ToAgent | ToWorker): boolean {
    this.heard.push(message);
    return true;
  }

  kill(signal: string): boolean {
    this.signals.push(signal);
    return true;
  }

  says(message: FromWorker | FromAgent): void {
    this.emit('message', message);
  }

  ready(): void {
    this.says({ type: 'ready', versions: { sites: 1 }, missing: [] });
  }
}

function scene(slots: number) {
  const workers: PretendProcess[] = [];
  const agents: PretendProcess[] = [];
  let reloads = 0;
  const clock = new MadeUpClock({ nowMs: 0 });
  const started = (list: PretendProcess[]) => {
    const process = new PretendProcess(workers.length + agents.length + 1);
    list.push(process);
    return process as unknown as ChildProcess;
  };
  const supervisor = new Supervisor(
    Array.from({ length: slots }, (_, slot) => [slot]),
    {
      startWorker: () => started(workers),
      startAgent: () => started(agents),
      clock,
      logger: silentLogger,
      serves: ({ sites }) => sites !== undefined,
      workerRssBytesMax: 100,
      onReloaded: () => {
        reloads += 1;
      },
      onFirstReady: () => {},
    },
  );
  supervisor.start();
  for (const worker of workers) worker.ready();
  return {
    supervisor,
    workers,
    agents,
    reloads: () => reloads,
    pass: (ms: number) => {
      clock.nowMs += ms;
    },
  };
}

test('an upgrade: each worker is followed by one that was ready first, and the agent comes last', () => {
  const { supervisor, workers, agents } = scene(2);
  supervisor.upgrade();
  supervisor.upgrade();
  assert.deepEqual([workers.length, agents[0]?.signals], [3, []], 'one at a time');
  assert.equal(
    workers[0]?.heard.some(({ type }) => type === 'drain'),
    false,
    'not before the new one is ready',
  );
  workers[2]?.ready();
  assert.equal(workers[0]?.heard.at(-1)?.type, 'drain');
  workers[3]?.ready();
  assert.deepEqual(agents[0]?.signals, ['SIGTERM']);
  agents[0]?.emit('exit', 0, null);
  assert.equal(agents.length, 2, 'at once');
  const { slots, agent } = supervisor.view();
  assert.deepEqual(agent, { pid: 6, deaths: 0 }, 'nobody died');
  assert.deepEqual(
    slots.map(({ replacements, starts }) => [replacements, starts]),
    Array(2).fill([{ asked: 1, memory: 0 }, 2]),
  );
  supervisor.upgrade();
  assert.equal(workers.length, 5, 'and again');
});

test('an upgrade to what does not start: the other workers and the agent stay, and the next one is tried', () => {
  const { supervisor, workers, agents } = scene(3);
  supervisor.upgrade();
  workers[3]?.emit('exit', 1, null);
  assert.deepEqual([workers.length, agents.length, agents[0]?.signals], [4, 1, []]);
  assert.ok(workers.slice(0, 3).every(({ heard }) => heard.every(({ type }) => type !== 'drain')));
  supervisor.upgrade();
  for (const nth of [4, 5, 6]) workers[nth]?.ready();
  assert.deepEqual(agents[0]?.signals, ['SIGTERM']);
});

test('a worker above its memory limit is replaced, and what it counted stays', () => {
  const { supervisor, workers, pass } = scene(1);
  const health = {
    requests: 0,
    status5xxOwn: 0,
    upstreamFailures: 0,
    refusals: 0,
    moduleFailures: 0,
    logRecordsDropped: 0,
    rejected: {},
    latencyP99Ms: 0,
    rssBytes: 101,
  };
  pass(supervisorLimits.memoryPauseMs);
  const connections = { open: 0, idle: 0, inRequest: 0, tunnels: 0, upstream: 0 };
  const gauges = { rssBytes: 101, heapBytes: 1, loopDelayMs: 0, overload: 'calm', connections };
  workers[0]?.says({ type: 'counts', counts: { counters: { requests: { '': 9 } }, gauges, versions: {} } });
  for (let beat = 0; beat < supervisorLimits.memoryHeartbeats; beat++) {
    assert.equal(workers.length, 1);
    workers[0]?.says({ type: 'heartbeat', health });
  }
  assert.equal(workers.length, 2);
  workers[1]?.ready();
  assert.equal(workers[0]?.heard.at(-1)?.type, 'drain');
  workers[0]?.says({ type: 'counts', counts: { counters: { requests: { '': 10 } }, gauges, versions: {} } });
  workers[0]?.emit('exit', 0, null);
  workers[1]?.says({ type: 'counts', counts: { counters: { requests: { '': 2 } }, gauges, versions: {} } });
  const [slot] = supervisor.view().slots;
  assert.equal(slot?.sums.one('requests'), 12);
  assert.deepEqual(slot?.replacements, { asked: 0, memory: 1 });
  assert.deepEqual(slot?.deaths, { exit: 0, signal: 0, hung: 0 });
});

test('a reload is over when the agent says so, dies, or is not there', () => {
  const { supervisor, agents, reloads } = scene(1);
  supervisor.reload();
  assert.equal(reloads(), 0);
  agents[0]?.says({ type: 'reloaded' });
  assert.equal(reloads(), 1);
  supervisor.reload();
  agents[0]?.emit('exit', 1, null);
  assert.equal(reloads(), 2);
  supervisor.reload();
  assert.equal(reloads(), 3);
});

test('counts are nothing that the agent hears of', () => {
  const { workers, agents } = scene(1);
  const before = agents[0]?.heard.length;
  const connections = { open: 0, idle: 0, inRequest: 0, tunnels: 0, upstream: 0 };
  const gauges = { rssBytes: 1, heapBytes: 1, loopDelayMs: 0, overload: 'calm', connections };
  workers[0]?.says({ type: 'counts', counts: { counters: {}, gauges, versions: {} } });
  assert.equal(agents[0]?.heard.length, before);
});
