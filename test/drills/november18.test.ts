import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { DrillReport } from '../../src/drills/index.ts';

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
    for (const finding of duplicates) assert.equal(finding.names?.length, 60);
    const tooMany = report.reasons.filter((finding) => finding.reason === 'features-too-many');
    assert.deepEqual(
      tooMany.map(({ where, value, limit }) => [where, value, limit]),
      ['factory', 'factory', 'control', 'edge'].map((where) => [where, 240, 200]),
    );
  });

  it('unprotected, it breaks as it broke: the new proxy answers 5xx, the old one refuses people', async () => {
    const { code, report } = await drill<{ verdict: string; runs: readonly DrillReport[] }>(
      '--requests',
      '2000',
      '--unprotected',
    );
    assert.equal(code, 1);
    assert.equal(report.verdict, 'broken');
    const [modern, old] = report.runs;
    assert.equal(modern?.phases[0]?.problems.length, 0, 'healthy before the grants change');
    assert.ok((modern?.status5xx ?? 0) > 0, 'the new proxy');
    assert.equal(modern?.wrongBlocks, 0);
    assert.equal(old?.phases[0]?.problems.length, 0, 'healthy before the grants change');
    assert.ok((old?.wrongBlocks ?? 0) > 0, 'the old proxy');
    assert.equal(old?.status5xx, 0);
  });
});

async function drill<Report>(...args: string[]): Promise<{ code: number | null; report: Report }> {
  const launcher = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));
  const child = spawn(process.execPath, [launcher, 'drill', 'run', '2025-11-18', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, report: JSON.parse(text) as Report };
}

function whyNoEngine(): string | false {
  try {
    createRequire(import.meta.url).resolve('chdb');
    return false;
  } catch {
    return 'needs the optional package chdb: npm install chdb@3.4.0';
  }
}
