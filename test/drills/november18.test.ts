import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DrillReport } from '../../src/drills/index.ts';
import { featureCount } from '../support/featureCount.ts';
import { drill, whyNoEngine } from './drillProcess.ts';

/* The whole drill with less load than the 20,000 requests of `holdfast drill run 2025-11-18`. */

const missing = process.env.CI === 'true' ? false : whyNoEngine();

describe('drill 2025-11-18', { skip: missing }, () => {
  it('holds: no 5xx, nobody refused, each bad reading refused for its own reasons within a cycle', async () => {
    const { code, report } = await drill<DrillReport>('--requests', '4000');
    const problems = report.phases.flatMap((phase) => phase.problems);
    assert.deepEqual(problems, []);
    assert.equal(report.verdict, 'held');
    assert.equal(code, 0);
    assert.ok(report.requests >= 4_000);
    assert.ok(report.addresses >= 200);
    assert.deepEqual([report.status5xx, report.wrongBlocks, report.unanswered], [0, 0, 0]);
    assert.deepEqual(
      report.phases.map((phase) => phase.name),
      ['1', '2', '3', '4'],
    );
    const duplicates = report.reasons.filter((finding) => finding.reason === 'feature-name-duplicate');
    assert.equal(duplicates.length, 7, 'four readings, three bundles');
    for (const finding of duplicates) assert.equal(finding.names?.length, featureCount);
    const tooMany = report.reasons.filter((finding) => finding.reason === 'features-too-many');
    assert.deepEqual(
      tooMany.map(({ where, value, limit }) => [where, value, limit]),
      ['factory', 'factory', 'control', 'edge'].map((where) => [where, featureCount * 4, 200]),
    );
  });
});
