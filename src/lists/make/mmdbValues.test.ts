import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MmdbValues } from './mmdbValues.ts';

const entries = 90;

/** Maps that point, with every entry, at the map behind them; the last one holds a text. */
function mapsOfMaps(levels: number): Buffer {
  const levelBytes = 2 + entries * 4;
  const bytes: number[] = [];
  for (let level = 1; level <= levels; level += 1) {
    const next = level * levelBytes;
    bytes.push((7 << 5) | 29, entries - 29);
    for (let entry = 0; entry < entries; entry += 1) bytes.push(0x41, 32 + entry, (1 << 5) | (next >> 8), next & 255);
  }
  return Buffer.from([...bytes, 0x41, 120]);
}

test('maps that point at maps are read once each, not once for every way to them', () => {
  const value = new MmdbValues(mapsOfMaps(4)).at(0);
  assert.ok(value instanceof Map && value.size === entries);
});

test('a pointer at itself, and a record nested too deep, are errors', () => {
  assert.throws(() => new MmdbValues(Buffer.from([1 << 5, 0])).at(0), RangeError);
  assert.throws(() => new MmdbValues(mapsOfMaps(5)).at(0), RangeError);
});
