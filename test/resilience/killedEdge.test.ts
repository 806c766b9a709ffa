import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import { startRealEdge } from './realEdge.ts';
import { signed } from './smallBundles.ts';
import { SteadyLoad } from './steadyLoad.ts';

const entry = fileURLToPath(new URL('./killedEdge.ts', import.meta.url));
const shipped = JSON.parse(
  readFileSync(new URL('../../shipped/features.json', import.meta.url), 'utf8'),
) as FeatureFile;

// The other points are killed in `killNine.test.ts`, with pretended workers; these are the ones that concern real ones.
// Half of them always: one in the middle of a swap, one on the disk, one at the end.
const points = [
  'agent.features.before-swap-rest',
  'lastgood.state.after-write',
  'agent.features.before-ack',
  ...(process.env.HOLDFAST_TEST_WHOLE === '1'
    ? ['agent.features.after-swap-first', 'agent.features.after-swap-rest', 'lastgood.features.promote.after-rename']
    : []),
];

for (const point of points) {
  test(`a real edge whose agent is killed at ${point}: no visitor notices, the next agent finishes`, async () => {
    const edge = await startRealEdge({ entry, environment: { HOLDFAST_TEST_KILL_AT: point } });
    try {
      const load = new SteadyLoad(edge.port, 4, 5);
      writeFileSync(join(edge.data, 'armed'), '');
      const bytes = signed(edge.keys, 'features', 1, shipped);
      // The call ends with the agent.
      await edge.local('POST', '/local/bundles/features', bytes).catch(() => undefined);
      await edge.until('it was killed', () => existsSync(join(edge.data, 'was-killed')));
      await edge.until('another agent', async () => (await edge.status()).workers.length === 2);
      await edge.until('one set everywhere', async () => {
        const { versions, workers } = await edge.status();
        return workers.every((worker) => worker.versions?.features === versions.features);
      });
      if ((await edge.status()).versions.features === 0) {
        await edge.local('POST', '/local/bundles/features', bytes);
      }
      await edge.until('the version is in force', async () => {
        const { versions, workers } = await edge.status();
        return versions.features === 1 && workers.every((worker) => worker.versions?.features === 1);
      });
      const report = await load.stop();
      assert.deepEqual(report.failures, []);
    } finally {
      await edge.stop();
    }
  });
}
