import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzBundles, reachableReasons } from './fuzz.ts';

// The whole run is `npm run fuzz:bundles`: 100,000 bundles.
test('3,000 mutated bundles: every verdict agrees with docs/bundles.md, every reason occurs, nothing throws', () => {
  const report = fuzzBundles(3, 3_000);
  assert.ok(report.signedAnew >= 1_500);
  assert.ok(report.accepted >= 150);
  const missing = reachableReasons.filter((reason) => !report.reasons.has(reason));
  assert.deepEqual(missing, []);
  const unexpected = [...report.reasons.keys()].filter((reason) => !reachableReasons.includes(reason));
  assert.deepEqual(unexpected, []);
});
