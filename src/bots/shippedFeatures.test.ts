import assert from 'node:assert/strict';
import { test } from 'node:test';
import { featureTypes } from '../contract/kinds/featureFile.ts';
import { limits } from '../contract/limits.ts';
import { checkFeatureDefinition } from './checkFeatureDefinition.ts';
import { shippedFeatures } from './testing/features.ts';

const file = shippedFeatures();
const typeRanges = {
  UInt8: [0, 255],
  UInt16: [0, 65_535],
  UInt32: [0, 4_294_967_295],
  Int32: [-2_147_483_648, 2_147_483_647],
  Float32: [-3.4e38, 3.4e38],
} as const;

test('the software ships with so many features that twice as many are within the limit, as on that day', () => {
  assert.equal(file.schema, 1);
  // A doubled reading is refused for its duplicates, a fourfold one for its number, too: the drill shows both.
  assert.ok(file.features.length >= 60 && file.features.length * 2 <= limits.featuresMax);
  assert.equal(new Set(file.features.map(({ name }) => name)).size, file.features.length);
});

test('each fits its ClickHouse column and is known to the extractors', () => {
  for (const definition of file.features) {
    assert.match(definition.name, /^[a-z][a-z0-9_]{0,63}$/);
    assert.ok(featureTypes.includes(definition.type), definition.name);
    const [min, max] = definition.range;
    const [typeMin, typeMax] = typeRanges[definition.type];
    assert.ok(min < max && min >= typeMin && max <= typeMax, definition.name);
    if (definition.default !== null) assert.ok(definition.default >= min && definition.default <= max, definition.name);
    assert.deepEqual(checkFeatureDefinition(definition), []);
  }
  const withDefault = file.features.filter((definition) => definition.default !== null);
  assert.ok(withDefault.length >= 15 && withDefault.length <= 45);
});
