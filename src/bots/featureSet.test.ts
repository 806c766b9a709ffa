import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureDefinition, FeatureFile } from '../contract/kinds/featureFile.ts';
import { AssertionFailure } from '../kernel/assert.ts';
import { ClientWindows } from './clients/clientWindows.ts';
import { compileFeatures } from './featureSet.ts';
import { definition, shippedFeatures } from './testing/features.ts';
import { chromePlainRequests, chromeRequests, firefoxRequests, headOf, toolRequests } from './testing/heads.ts';

const heads = [chromeRequests, chromePlainRequests, firefoxRequests, toolRequests(null)]
  .flatMap((requests) => Object.values(requests))
  .map((text) => headOf(text));

function vectors(file: FeatureFile): Float32Array[] {
  const features = compileFeatures(file);
  return heads.map((head) => {
    const vector = new Float32Array(features.size);
    features.fill(head, new ClientWindows({ clientsMax: 1 }).observe(head, 0), vector);
    return vector;
  });
}

function fileOf(...features: FeatureDefinition[]): FeatureFile {
  return { schema: 1, features };
}

test('the file defines the vector: position in it is position there', () => {
  const file = fileOf(
    definition('header-present', { name: 'b', parameters: { header: 'X-B' } }),
    definition('header-count'),
    definition('header-present', { name: 'a', parameters: { header: 'HOST' } }),
  );
  const features = compileFeatures(file);
  assert.deepEqual(features.names, ['b', 'header_count', 'a']);
  assert.equal(features.position('a'), 2);
  assert.equal(features.position('c'), -1);
  const vector = new Float32Array(3);
  const head = headOf('GET / HTTP/1.1\nHost: x\nX-b: 1\nA: b');
  features.fill(head, new ClientWindows({ clientsMax: 1 }).observe(head, 0), vector);
  assert.deepEqual([...vector], [1, 3, 1]);
});

test('values outside the range are clamped, missing ones take the default or stay missing', () => {
  const missing = 'header-length';
  const parameters = { header: 'x-none' };
  const [vector] = vectors(
    fileOf(
      definition('header-count', { name: 'low', range: [50, 60] }),
      definition('header-count', { name: 'high', range: [0, 2] }),
      definition(missing, { name: 'stays', parameters }),
      definition(missing, { name: 'takes', parameters, default: 0.1 }),
    ),
  );
  assert.deepEqual([...vector!], [50, 2, Number.NaN, Math.fround(0.1)]);
});

test('values are float32', () => {
  const [vector] = vectors(fileOf(definition('path-entropy', { range: [0.1, 8] })));
  assert.equal(vector![0], Math.fround(0.1));
});

test('the same heads give the same vectors, whatever came before', () => {
  const first = vectors(shippedFeatures());
  heads.reverse();
  const again = vectors(shippedFeatures()).reverse();
  heads.reverse();
  assert.deepEqual(again, first);
});

test('a changed default changes the vector there, where the value was missing, and nowhere else', () => {
  const file = shippedFeatures();
  const before = vectors(file);
  let changed = 0;
  for (const [position, old] of file.features.entries()) {
    const value = old.default === old.range[1] ? old.range[0] : old.range[1];
    const after = vectors({
      ...file,
      features: file.features.with(position, { ...old, default: value }),
    });
    const without = vectors({ ...file, features: file.features.with(position, { ...old, default: null }) });
    for (const [index, vector] of before.entries()) {
      const expected = new Float32Array(vector);
      if (Number.isNaN(without[index]![position])) {
        expected[position] = value;
        changed += 1;
      }
      assert.deepEqual(after[index], expected, old.name);
    }
  }
  assert.ok(changed > 100);
});

test('a definition added at the end adds one component at the end', () => {
  const file = shippedFeatures();
  const added = definition('header-present', { name: 'added', parameters: { header: 'sec-gpc' }, range: [0, 1] });
  const before = vectors(file);
  const after = vectors({ ...file, features: [...file.features, added] });
  for (const [index, vector] of before.entries()) {
    const hasHeader = heads[index]!.headers['sec-gpc'] === undefined ? 0 : 1;
    assert.deepEqual([...after[index]!], [...vector, hasHeader]);
  }
});

test('what the validator refuses is a broken promise here', () => {
  assert.throws(() => compileFeatures(fileOf(definition('nothing'))), AssertionFailure);
  assert.throws(
    () => compileFeatures(fileOf(definition('header-count'), definition('header-count'))),
    AssertionFailure,
  );
  const features = compileFeatures(fileOf(definition('header-count')));
  const window = new ClientWindows({ clientsMax: 1 }).observe(heads[0]!, 0);
  assert.throws(() => features.fill(heads[0]!, window, new Float32Array(2)), AssertionFailure);
});
