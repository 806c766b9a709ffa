import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type HoldfastUp, percentile, startHoldfast } from '../support/holdfastUp.ts';
import { load } from '../support/load.ts';

/*
 * ClickHouse stands still (the factory, which embeds it, gets SIGSTOP): requests do not notice. Healthy and frozen rounds
 * alternate, because this machine's own noise is larger than the effect looked for. HOLDFAST_STRICT=1 asks for the 10 %
 * of the design with more rounds; the share in CI allows for a machine that does other things.
 */
const strict = process.env.HOLDFAST_STRICT === '1';
const rounds = strict ? 9 : 3;
const ratioMax = strict ? 1.1 : 1.5;
let holdfast: HoldfastUp;

before(async () => {
  holdfast = await startHoldfast(['--workers', '1', '--factory-every', '3600']);
});
after(() => holdfast?.stop());

test('ClickHouse frozen: request p99 as before, drops counted', { timeout: 240_000 }, async (context) => {
  const factory = holdfast.pids().factory!;
  const healthy: number[] = [];
  const frozen: number[] = [];
  const round = async () => {
    const result = await load({
      url: `${holdfast.edgeUrl}/style.css`,
      connections: 10,
      ratePerS: 400,
      durationMs: 4_000,
    });
    assert.deepEqual(result.failures, {});
    assert.deepEqual(Object.keys(result.statuses), ['200']);
    return percentile(result.latenciesMs, 0.99);
  };
  await round(); // Warm-up.
  try {
    for (let index = 0; index < rounds; index++) {
      healthy.push(await round());
      process.kill(factory, 'SIGSTOP');
      frozen.push(await round());
      process.kill(factory, 'SIGCONT');
    }
  } finally {
    process.kill(factory, 'SIGCONT');
  }
  const ratio = percentile(frozen, 0.5) / percentile(healthy, 0.5);
  const show = (values: number[]) => values.map((value) => value.toFixed(2)).join(' ');
  context.diagnostic(`p99 ms healthy ${show(healthy)} | frozen ${show(frozen)} | ratio of medians ${ratio.toFixed(3)}`);
  assert.ok(ratio <= ratioMax, `p99 frozen / healthy = ${ratio}`);
});
