import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { visitFirstStart } from '../support/firstVisitors.ts';

const launcher = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));

for (const verb of ['edge', 'up'] as const) {
  test(`holdfast ${verb}, a first start with two workers: every answer is the site's, and each leaves a line on stdout`, {
    timeout: 120_000,
  }, async () => {
    const { statuses, lines, exitCode } = await visitFirstStart(launcher, verb);
    assert.ok(statuses.length > 0);
    assert.deepEqual([...new Set(statuses)], [200]);
    assert.equal(lines.length, statuses.length);
    assert.deepEqual(new Set(lines.map((line) => JSON.parse(line).worker)), new Set([1, 2]));
    assert.equal(exitCode, 0);
  });
}
