import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelFile } from '../contract/modelFile.ts';
import { AssertionFailure } from '../kernel/assert.ts';
import { type Random, seededRandom } from '../kernel/random.ts';
import { compileFeatures } from './featureSet.ts';
import { compileModel, scoreOf } from './model.ts';
import { definition } from './testing/features.ts';
import { asFile, randomForest, type Tree } from './testing/forest.ts';

const names = Array.from({ length: 12 }, (_, index) => `f${index}`);
const features = compileFeatures({ schema: 1, features: names.map((name) => definition('header-count', { name })) });

/** The definition of the model file, word for word and without any of the evaluator's means. */
function walk(tree: Tree, featureOf: (name: string) => number): number {
  if ('output' in tree) return tree.output;
  const value = featureOf(tree.feature);
  const goesRight = Number.isNaN(value) ? tree.missingRight : value >= Math.fround(tree.threshold);
  return walk(goesRight ? tree.right : tree.left, featureOf);
}

/** Values on thresholds, beside them, far away and missing. */
function randomVector(random: Random, thresholds: readonly number[]): Float32Array {
  return Float32Array.from(names, () => {
    const draw = random.next();
    if (draw < 0.2) return Number.NaN;
    if (draw < 0.6) return thresholds[Math.floor(random.next() * thresholds.length)]!;
    return random.next() * 20 - 10;
  });
}

test('the evaluator equals a walk over the trees, on missing values and on thresholds too', () => {
  const random = seededRandom(7);
  let rows = 0;
  for (let forest = 0; forest < 40; forest += 1) {
    const shuffled = [...names].sort(() => random.next() - 0.5).slice(0, 8);
    const { trees, thresholds } = randomForest(random, shuffled, 1 + Math.floor(random.next() * 30), 6);
    const bias = random.next() - 0.5;
    const model = compileModel(asFile(trees, shuffled, bias), features);
    for (let row = 0; row < 300; row += 1) {
      const vector = randomVector(random, thresholds);
      const expected = trees.reduce((sum, tree) => sum + walk(tree, (name) => vector[names.indexOf(name)]!), bias);
      assert.equal(model.logOdds(vector), expected);
      assert.equal(model.probability(vector), 1 / (1 + Math.exp(-expected)));
      rows += 1;
    }
  }
  assert.ok(rows >= 10_000);
});

test('contributions and base add up to the log-odds', () => {
  const random = seededRandom(8);
  const { trees, thresholds } = randomForest(random, names, 50, 6);
  const model = compileModel(asFile(trees, names, 0.3), features);
  for (let row = 0; row < 500; row += 1) {
    const vector = randomVector(random, thresholds);
    const { base, byFeature } = model.contributions(vector);
    const sum = byFeature.reduce((total, contribution) => total + contribution, base);
    assert.ok(Math.abs(sum - model.logOdds(vector)) < 1e-9);
  }
});

test('a contribution is how far a step moved the mean of the leaves', () => {
  const tree: Tree = { feature: 'f3', threshold: 1, missingRight: true, left: { output: -2 }, right: { output: 4 } };
  const model = compileModel(asFile([tree], ['f3'], 0.5), features);
  const vector = new Float32Array(names.length);
  assert.equal(model.contributions(vector).base, 1.5);
  assert.equal(model.contributions(vector).byFeature[3], -3);
  vector[3] = Number.NaN;
  assert.equal(model.contributions(vector).byFeature[3], 3);
});

test('a forest without trees says its bias', () => {
  const model = compileModel(asFile([], [], -1), features);
  assert.equal(model.logOdds(new Float32Array(names.length)), -1);
});

test('scores of the model go from 2 to 99', () => {
  assert.equal(scoreOf(0), 2);
  assert.equal(scoreOf(1), 99);
  assert.equal(scoreOf(0.5), 51);
  assert.equal(scoreOf(0.2886), 30);
  assert.throws(() => scoreOf(Number.NaN), AssertionFailure);
});

test('what the validator refuses is a broken promise here', () => {
  const sound = asFile(
    [{ feature: 'f0', threshold: 1, missingRight: false, left: { output: 1 }, right: { output: 2 } }],
    ['f0'],
    0,
  );
  compileModel(sound, features);
  const broken: Partial<ModelFile>[] = [
    { features: ['unknown'] },
    { features: ['f0', 'f0'] },
    { bias: Number.NaN },
    { roots: [3] },
    { roots: [-1] },
    { feature: [1, -1, -1] },
    { feature: [-2, -1, -1] },
    { left: [0, 0, 0] },
    { right: [9, 0, 0] },
    { right: [1.5, 0, 0] },
    { threshold: [1, Number.POSITIVE_INFINITY, 2] },
    { missingRight: [0] },
  ];
  for (const change of broken) {
    assert.throws(() => compileModel({ ...sound, ...change }, features), AssertionFailure, JSON.stringify(change));
  }
});
