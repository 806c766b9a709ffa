import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateFault } from '../../src/bundles/index.ts';
import { knownPem } from './certificates.ts';

for (const [index, { text, isGood }] of knownPem.entries()) {
  const what = `text ${index} (${text.length} characters, ${JSON.stringify(text.slice(0, 24))} …)`;
  test(`${what} is ${isGood ? 'what' : 'not what'} a bundle may carry`, () => {
    assert.equal(certificateFault(text) === undefined, isGood);
  });
}

test('a text made to be slow is refused in time', () => {
  const startMs = performance.now();
  for (const text of [
    '-----BEGIN A-----'.repeat(3_800),
    `-----BEGIN A-----${' '.repeat(65_000)}`,
    ' '.repeat(65_000),
  ]) {
    assert.notEqual(certificateFault(text), undefined);
  }
  assert.ok(performance.now() - startMs < 500);
});
