import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RealEdge, startRealEdge } from '../realEdge.ts';
import { SteadyLoad } from '../steadyLoad.ts';

const replacements = process.env.HOLDFAST_TEST_WHOLE === '1' ? 50 : 10;
let edge: RealEdge;

before(async () => {
  edge = await startRealEdge({ workers: 2 });
  await edge.until('both workers run the sites', async () => {
    const { workers } = await edge.status();
    return workers.length === 2 && workers.every(({ versions }) => versions?.sites === 1);
  });
});
after(async () => {
  await edge.stop();
});

test('an edge answers, and its processes say who they are', async () => {
  assert.deepEqual(await edge.get(), { status: 200, text: 'from the origin' });
  const { workers, versions } = await edge.status();
  assert.deepEqual(Object.keys(versions).sort(), ['features', 'model', 'sites']);
  assert.deepEqual(
    workers.map(({ slot }) => slot),
    [1, 2],
  );
});

test('a hung worker is killed and replaced', async () => {
  const [victim] = (await edge.status()).workers;
  process.kill(victim!.pid, 'SIGSTOP');
  await edge.until('another worker in its slot', async () => {
    const worker = (await edge.status()).workers.find(({ slot }) => slot === victim!.slot);
    return worker !== undefined && worker.pid !== victim!.pid && worker.versions !== undefined;
  });
  assert.ok(edge.log.some(({ event, pid }) => event === 'process-silent' && pid === victim!.pid));
  assert.equal((await edge.get()).status, 200);
});

test('the agent is killed: another one comes, workers and visitors do not notice', async () => {
  const workersBefore = (await edge.status()).workers.map(({ pid }) => pid);
  const agentBefore = await edge.agentPid();
  const load = new SteadyLoad(edge.port, 4, 5);
  process.kill(agentBefore, 'SIGKILL');
  await edge.until('another agent', async () => (await edge.agentPid()) !== agentBefore);
  await edge.until('it knows the workers', async () => (await edge.status()).workers.length === 2);
  const report = await load.stop();
  assert.deepEqual(report.failures, []);
  assert.deepEqual(
    (await edge.status()).workers.map(({ pid }) => pid),
    workersBefore,
  );
  assert.deepEqual(
    edge.log.filter(({ event }) => event === 'bundle-refused'),
    [],
  );
});

test(`${replacements} workers replaced under load: no request fails`, async () => {
  const load = new SteadyLoad(edge.port, 16, 2);
  for (let round = 0; round < replacements / 2; round++) {
    const pids = (await edge.status()).workers.map(({ pid }) => pid);
    await edge.local('POST', '/local/replace-workers');
    await edge.until('both replaced', async () => {
      const { workers } = await edge.status();
      return (
        workers.length === 2 && workers.every(({ pid, versions }) => versions !== undefined && !pids.includes(pid))
      );
    });
  }
  const report = await load.stop();
  assert.deepEqual(report.failures, []);
  assert.ok(report.requests > 20 * replacements, `${report.requests} requests`);
});

test('a killed worker is back at once, on the same socket', async () => {
  const [victim] = (await edge.status()).workers;
  process.kill(victim!.pid, 'SIGKILL');
  await edge.until('another worker in its slot', async () => {
    const worker = (await edge.status()).workers.find(({ slot }) => slot === victim!.slot);
    return worker !== undefined && worker.pid !== victim!.pid && worker.versions !== undefined;
  });
  for (let request = 0; request < 20; request++) assert.equal((await edge.get()).status, 200);
});
