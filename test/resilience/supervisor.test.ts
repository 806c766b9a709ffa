import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { supervisorLimits } from '../../src/supervisor/limits.ts';
import { type RealEdge, startRealEdge } from './realEdge.ts';
import { signed } from './smallBundles.ts';

const dyingWorkerEdge = fileURLToPath(new URL('./workers/dyingWorkerEdge.ts', import.meta.url));
const supervisor = fileURLToPath(new URL('../../src/main/supervisor.ts', import.meta.url));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function pidsOf(edge: RealEdge): Promise<number[]> {
  const { workers } = await edge.status();
  return [edge.supervisor.pid ?? 0, await edge.agentPid(), ...workers.map(({ pid }) => pid)];
}

test('a port that is taken: one sentence and exit 1', async () => {
  const edge = await startRealEdge({ workers: 1 });
  const data = mkdtempSync(join(tmpdir(), 'holdfast-taken-'));
  const options = {
    data,
    edge: 'second',
    listen: { host: '127.0.0.1', port: edge.port },
    workers: 1,
    trustedProxies: [],
    sites: { origin: 'http://127.0.0.1:1' },
    control: null,
    logSocket: null,
  };
  const second = spawn(process.execPath, [supervisor, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  second.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise((resolve) => second.once('close', resolve));
  assert.equal(code, 1);
  assert.match(said, new RegExp(`cannot listen on 127.0.0.1:${edge.port}: another program listens there`));
  assert.equal((await edge.get()).status, 200);
  await edge.stop();
  rmSync(data, { recursive: true, force: true });
});

test('the parent disappears: everything ends', async () => {
  const edge = await startRealEdge({ workers: 2 });
  const pids = await pidsOf(edge);
  edge.supervisor.disconnect();
  await edge.until('all processes are gone', () => pids.every((pid) => !isAlive(pid)));
  await edge.stop();
});

test('the supervisor is killed: agent and workers end by themselves', async () => {
  const edge = await startRealEdge({ workers: 2 });
  const pids = await pidsOf(edge);
  edge.supervisor.kill('SIGKILL');
  await edge.until('all processes are gone', () => pids.every((pid) => !isAlive(pid)));
  await edge.stop();
});

test('SIGTERM: open requests end, exit 0, no process stays', async () => {
  const edge = await startRealEdge({ workers: 2 });
  const pids = await pidsOf(edge);
  assert.equal(await edge.stop(), 0);
  assert.deepEqual(pids.filter(isAlive), []);
});

test('a configuration file with problems at SIGHUP changes nothing; a good one is taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
  const configPath = join(folder, 'holdfast.yaml');
  const site = (host: string) => `sites:\n  - hosts: ["${host}"]\n    origin: http://127.0.0.1:9\n`;
  writeFileSync(configPath, site('one.example'));
  const edge = await startRealEdge({ workers: 1, options: { sites: { configPath } } });
  // Its worker serves a moment before the agent has written that it does.
  await edge.until('the sites are in force', async () => (await edge.status()).versions.sites === 1);
  writeFileSync(configPath, `${site('two.example')}    surprise: yes\nnonsense: 1\n`);
  edge.supervisor.kill('SIGHUP');
  await edge.until('the problems are logged', () => edge.log.some(({ event }) => event === 'config-refused'));
  const reload = await edge.local('POST', '/local/reload');
  assert.equal(reload.status, 422);
  assert.equal((reload.body as { problems: string[] }).problems.length, 2);
  assert.equal((await edge.status()).versions.sites, 1);
  writeFileSync(configPath, site('two.example'));
  edge.supervisor.kill('SIGHUP');
  await edge.until('the new sites are in force', async () => (await edge.status()).versions.sites === 2);
  assert.deepEqual((await edge.local('POST', '/local/reload')).body, { outcome: 'unchanged' });
  await edge.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('workers die on what is in force and no agent is there: they start one rung below', async () => {
  const first = await startRealEdge({ workers: 1 });
  const shipped = JSON.parse(readFileSync(new URL('../../shipped/features.json', import.meta.url), 'utf8')) as unknown;
  for (const version of [1, 2]) {
    await first.local('POST', '/local/bundles/features', signed(first.keys, 'features', version, shipped));
  }
  const thrown = signed(first.keys, 'switches', 1, { schema: 1, killed: ['bots'] });
  await first.local('POST', '/local/bundles/switches', thrown);
  await first.stop({ keepData: true });
  const { data, keys } = first;
  const environment = { HOLDFAST_TEST_NO_AGENT: '1' };
  const alone = await startRealEdge({ data, keys, workers: 1, entry: dyingWorkerEdge, environment });
  const lowered = alone.log.findIndex(({ event }) => event === 'worker-starts-on-previous');
  assert.notEqual(lowered, -1);
  assert.notEqual((await alone.get()).status, 0);
  const died = alone.log.slice(0, lowered).filter(({ event }) => event === 'worker-died').length;
  // An agent that is just dying counts as one for a blink; then it takes as many deaths as with an agent.
  const { deathsBeforePrevious, deathsBeforePreviousWithAgent } = supervisorLimits;
  assert.ok(died >= deathsBeforePrevious && died <= deathsBeforePreviousWithAgent, `${died} deaths`);
  await alone.stop({ keepData: true });

  // With an agent, the version goes into quarantine and the workers start on the set before it.
  const edge = await startRealEdge({ data, keys, workers: 1, entry: dyingWorkerEdge });
  await edge.until('the version is given up', async () => (await edge.status()).versions.features === 1);
  assert.ok(edge.log.some(({ event }) => event === 'bundle-refused'));
  assert.equal((await edge.status()).versions.switches, 1, 'a switch that was thrown before stays');
  const again = await edge.local('POST', '/local/bundles/features', signed(keys, 'features', 2, shipped));
  assert.equal(again.status, 422);
  await edge.stop();
});
