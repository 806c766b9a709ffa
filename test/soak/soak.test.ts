import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { judge } from './judge.ts';
import { reportOf } from './report.ts';
import { soak } from './soak.ts';

/**
 * Within a minute memories fill and compilers work, so that memory may grow by more than in the hour of `npm run soak`;
 * everything else is judged as there.
 */
const growthMax = 0.25;
const say = (line: string) => void process.stderr.write(`${line}\n`);

test('one minute of mixed load: memory stays, no descriptor is left, every visit goes as it should', async () => {
  const outcome = await soak({ minutes: 1, rate: 200, seed: 1, say });
  const verdict = judge(outcome, growthMax);
  say(reportOf(outcome, verdict));
  assert.deepEqual(verdict.faults, []);
  assert.ok(outcome.visits > 6_000, `${outcome.visits} visits`);
});

/** Its judge is tested in CI, without a load. */
const isWhole = process.env.HOLDFAST_TEST_WHOLE === '1';

test('a worker that keeps heads and files does not hold', {
  skip: !isWhole && 'HOLDFAST_TEST_WHOLE=1 runs it',
}, async () => {
  const environment = { NODE_OPTIONS: `--import=${fileURLToPath(new URL('./leakingWorker.ts', import.meta.url))}` };
  const outcome = await soak({ minutes: 0.3, rate: 150, seed: 1, say, environment });
  const { faults } = judge(outcome, growthMax);
  assert.match(faults.join('\n'), /memory of workers grew/);
  assert.match(faults.join('\n'), /descriptors of workers at rest: .*\/dev\/null \d+ → \d+/);
});
