import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startRealEdge } from './realEdge.ts';
import { SteadyLoad } from './steadyLoad.ts';

const reloads = process.env.HOLDFAST_TEST_WHOLE === '1' ? 50 : 5;
const upgrades = reloads === 50 ? 3 : 1;

test(`${reloads} reloads and ${upgrades} upgrades under load: no request fails`, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-reload-'));
  const origin = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => response.end('from the origin'));
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    origin.close();
    origin.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });
  const configPath = join(folder, 'holdfast.yaml');
  const write = (round: number) =>
    writeFileSync(
      configPath,
      `sites:
  - hosts: ["*"]
    origin: http://127.0.0.1:${(origin.address() as AddressInfo).port}
  - hosts: ["round-${round}.example"]
    origin: http://127.0.0.1:9
`,
    );
  write(0);
  const edge = await startRealEdge({ workers: 2, options: { sites: { configPath } } });
  const load = new SteadyLoad(edge.port, 8, 5);
  for (let round = 1; round <= reloads; round++) {
    write(round);
    edge.supervisor.kill('SIGHUP');
    await edge.until(`reload ${round} is in force`, async () => (await edge.status()).versions.sites === round + 1);
  }
  for (let round = 1; round <= upgrades; round++) {
    const pidsBefore = [...(await edge.status()).workers.map(({ pid }) => pid), await edge.agentPid()];
    edge.supervisor.kill('SIGUSR2');
    await edge.until(
      `upgrade ${round} is over`,
      () => edge.log.filter(({ event }) => event === 'upgraded').length === round,
    );
    await edge.until('the new agent knows the new workers', async () => (await edge.status()).workers.length === 2);
    const pids = [...(await edge.status()).workers.map(({ pid }) => pid), await edge.agentPid()];
    assert.deepEqual(
      pids.filter((pid) => pidsBefore.includes(pid)),
      [],
      'every process but the supervisor is another one',
    );
  }
  const report = await load.stop();
  assert.deepEqual(report.failures, []);
  assert.ok(report.requests > 20 * (reloads + upgrades), `${report.requests} requests`);
  assert.deepEqual(
    edge.log.filter(({ event }) => ['worker-died', 'agent-died', 'process-silent'].includes(event)),
    [],
  );
  console.log(`${report.requests} requests, none failed`);
  await edge.stop();
});
