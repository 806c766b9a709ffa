import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareDescriptors } from './descriptorShares.ts';

test('however few descriptors there are, each visitor finds one for its origin, and the process keeps some', () => {
  for (const descriptorsMax of [64, 128, 256, 1_024, 4_096, 20_000, 1 << 20]) {
    const { visitorsMax, connectionsMax } = shareDescriptors(descriptorsMax);
    const upstream = connectionsMax - visitorsMax;
    assert.ok(visitorsMax >= 1, `${descriptorsMax}`);
    assert.ok(upstream >= Math.min(visitorsMax, 4_096), `${descriptorsMax}: ${upstream} for ${visitorsMax}`);
    assert.ok(descriptorsMax - connectionsMax >= Math.min(128, descriptorsMax / 2), `${descriptorsMax}`);
  }
});

test('without a limit there is no share', () => {
  const shares = shareDescriptors(Number.POSITIVE_INFINITY);
  assert.deepEqual(shares, { visitorsMax: Number.POSITIVE_INFINITY, connectionsMax: Number.POSITIVE_INFINITY });
});
