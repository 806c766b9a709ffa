import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Bench } from '../../bench/bench.ts';
import { contenders } from '../../bench/contenders/all.ts';
import type { Figure } from '../../bench/measure/figure.ts';
import { runCases } from '../../bench/runCases.ts';
import { readSettings } from '../../bench/settings.ts';
import { findProgram } from '../browsers/programs.ts';
import { lyingContender } from './lyingContender.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const missing = ['wrk', 'nginx', 'taskset', 'openssl'].filter((name) => findProgram(name) === undefined);
const skip =
  process.platform !== 'linux' || cpus().length < 2
    ? 'the bench wants Linux and two cores'
    : missing.length > 0 &&
      process.env.CI !== 'true' &&
      `${missing.join(', ')} missing; type: sudo tools/install-test-tools.sh --yes`;

describe('npm run bench', { skip, timeout: 120_000 }, () => {
  it('measures Holdfast, whole and bare, and nginx, which all answer as the origin does', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-test-'));
    try {
      const jsonPath = join(folder, 'figures.json');
      const what = ['--case', 'proxied-130', '--only', 'holdfast,holdfast-bare,nginx', '--json', jsonPath];
      const args = ['bench/run.ts', ...what, '--rounds', '1', '--seconds', '1', '--warmup', '0'];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.match(stdout, /\| proxied-130 \| CPU per request, µs \| nginx \| \S+ \| \S+ \| {2}\| 1\.00 \| 1 of 1 \|/);
      const { figures } = JSON.parse(readFileSync(jsonPath, 'utf8')) as { readonly figures: readonly Figure[] };
      const cpu = figures.filter(({ measure }) => measure === 'CPU per request, µs');
      assert.deepEqual(
        cpu.map(({ contender }) => contender),
        ['holdfast', 'holdfast-bare', 'nginx'],
      );
      // What the modules took is told of the one that has them on.
      const modules = figures.filter(({ measure }) => measure.startsWith('module '));
      assert.deepEqual(new Set(modules.map(({ contender }) => contender)), new Set(['holdfast']));
      assert.deepEqual(
        modules.map(({ measure }) => measure),
        ['bots p50', 'bots p99', 'rules p50', 'rules p99'].map((which) => `module ${which}, µs`),
      );
      for (const { contender, values } of [...cpu, ...modules]) {
        assert.equal(values.length, 1, contender);
        assert.ok(values[0]! >= 1 && values[0]! < 50_000, `${contender}: ${values[0]} µs`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const lies = [
    { lie: 'body', reason: /with another body than the origin/ },
    { lie: 'forwarded', reason: /tells the origin X-Forwarded-For: 203\.0\.113\.9/ },
    { lie: 'underLoad', reason: /Non-2xx or 3xx responses: \d+/ },
    { lie: 'none', reason: null },
  ] as const;
  for (const { lie, reason } of lies) {
    it(`a contender that lies (${lie}) ${reason === null ? 'not at all has a figure' : 'has none'}`, async () => {
      const args = ['--case', 'proxied-130', '--rounds', '1', '--seconds', '1', '--warmup', '0'];
      const settings = { ...readSettings(args, contenders), contenders: [lyingContender(lie)] };
      const bench = await Bench.start(settings, () => {});
      try {
        const [figure] = await runCases(bench);
        assert.equal(figure!.values.length, reason === null ? 1 : 0);
        if (reason === null) assert.deepEqual(figure!.invalid, []);
        else assert.match(figure!.invalid.join('\n'), reason);
      } finally {
        await bench.close();
      }
    });
  }
});
