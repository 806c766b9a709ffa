import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DrillReport } from '../../src/drills/index.ts';
import { drill, whyNoEngine } from './drillProcess.ts';

/* The counter-example: a drill that could not fail would prove nothing. Both wait most of the time, and so run side by side. */

const missing = process.env.CI === 'true' ? false : whyNoEngine();

describe('drill 2025-11-18 without validator, guard and last good', { skip: missing, concurrency: 2 }, () => {
  it('the new proxy of that day answers 5xx', async () => {
    const { code, report } = await drill<DrillReport>('--requests', '2000', '--unprotected', 'new');
    assert.equal(code, 1);
    assert.equal(report.verdict, 'broken');
    assert.deepEqual(report.phases[0]?.problems, [], 'healthy before the grants change');
    assert.ok(report.status5xx > 0);
    assert.equal(report.wrongBlocks, 0);
  });

  it('the old one gives everybody score 0 and refuses people', async () => {
    const { code, report } = await drill<DrillReport>('--requests', '2000', '--unprotected', 'old');
    assert.equal(code, 1);
    assert.equal(report.verdict, 'broken');
    assert.deepEqual(report.phases[0]?.problems, [], 'healthy before the grants change');
    assert.ok(report.wrongBlocks > 0);
    assert.equal(report.status5xx, 0);
  });
});
