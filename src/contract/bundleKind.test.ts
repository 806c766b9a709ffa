import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleKinds, isShippedKind, rowOf } from './bundleKind.ts';
import { refusals } from './finding.ts';

test('what comes at once waits for nothing: neither companions nor a rehearsal', () => {
  for (const kind of bundleKinds.filter((kind) => rowOf(kind).rollout === 'at-once')) {
    const { companions, shippedCompanions, rehearsal } = rowOf(kind);
    assert.deepEqual([companions, shippedCompanions, rehearsal], [[], [], null], kind);
  }
});

test('no kind has a companion that the software should ship and does not', () => {
  for (const kind of bundleKinds) assert.ok(rowOf(kind).shippedCompanions.every(isShippedKind), kind);
});

test('kinds that are given up together are more than one, and each has a companion among the others or is one', () => {
  for (const kind of bundleKinds.filter((each) => rowOf(each).demotion === 'with-group')) {
    const others = bundleKinds.filter(
      (other) => other !== kind && rowOf(other).group === rowOf(kind).group && rowOf(other).demotion === 'with-group',
    );
    const isHeld = others.some(
      (other) => rowOf(kind).companions.includes(other) || rowOf(other).companions.includes(kind),
    );
    assert.ok(isHeld, `${kind} stands alone: its demotion is 'alone'`);
  }
});

test('each reason is said of one kind or of none, never of two', () => {
  const ofKinds = bundleKinds.flatMap((kind) => Object.keys(rowOf(kind).reasons));
  assert.deepEqual(ofKinds, [...new Set(ofKinds)]);
  for (const kind of bundleKinds) {
    for (const [reason, says] of Object.entries(rowOf(kind).reasons)) {
      assert.deepEqual((refusals as Readonly<Record<string, unknown>>)[reason], { about: kind, says });
    }
  }
});
