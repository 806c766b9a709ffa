import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelFile } from '../contract/kinds/modelFile.ts';
import { AssertionFailure } from '../kernel/assert.ts';
import { type Random, seededRandom } from '../kernel/random.ts';
import { compileFeatures } from './featureSet.ts';
import { compileModel, type Model, scoreOf } from './model.ts';
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

test('a comparison adds up to the log-odds', () => {
  const random = seededRandom(8);
  const { trees, thresholds } = randomForest(random, names, 50, 6);
  const model = compileModel(asFile(trees, names, 0.3), features);
  for (let row = 0; row < 500; row += 1) {
    const vector = randomVector(random, thresholds);
    const { base, byFeature } = model.compare(vector, randomVector(random, thresholds));
    const sum = byFeature.reduce((total, contribution) => total + contribution, base);
    assert.ok(Math.abs(sum - model.logOdds(vector)) < 1e-9);
  }
});

test('a comparison gives the Shapley values, computed from their definition over all subsets', () => {
  const random = seededRandom(9);
  const few = names.slice(0, 6);
  for (let forest = 0; forest < 20; forest += 1) {
    const { trees, thresholds } = randomForest(random, few, 5, 5);
    const model = compileModel(asFile(trees, few, -0.2), features);
    const vector = randomVector(random, thresholds);
    const reference = randomVector(random, thresholds);
    const { byFeature } = model.compare(vector, reference);
    for (const [feature, expected] of shapleyValues(model, vector, reference, few.length).entries()) {
      assert.ok(Math.abs(byFeature[feature]! - expected) < 1e-9);
    }
  }
});

/** Σ over subsets S without i of |S|! (n - |S| - 1)! / n! · (f(S with i) - f(S)). */
function shapleyValues(model: Model, vector: Float32Array, reference: Float32Array, count: number): number[] {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  const mixed = (subset: number) =>
    model.logOdds(reference.map((value, index) => ((subset >> index) & 1 ? vector[index]! : value)));
  return Array.from({ length: count }, (_, feature) => {
    let sum = 0;
    for (let subset = 0; subset < 1 << count; subset += 1) {
      if ((subset >> feature) & 1) continue;
      const size = subset.toString(2).replaceAll('0', '').length;
      const weight = (factorial(size) * factorial(count - size - 1)) / factorial(count);
      sum += weight * (mixed(subset | (1 << feature)) - mixed(subset));
    }
    return sum;
  });
}

test('children that several parents share, and roots within other trees, are walked as the file has them', () => {
  const random = seededRandom(12);
  const any = (from: number, below: number) => from + Math.floor(random.next() * (below - from));
  for (let round = 0; round < 60; round += 1) {
    const nodes = 3 + any(0, 60);
    const indices = Array.from({ length: nodes }, (_, node) => node);
    const feature = indices.map((node) => (node >= nodes - 2 || random.next() < 0.2 ? -1 : any(0, names.length)));
    const file: ModelFile = {
      ...{ schema: 1, name: 'shared', features: names, bias: 0.5 },
      roots: Array.from({ length: 6 }, () => any(0, nodes)),
      feature,
      threshold: indices.map(() => Math.fround(random.next() * 4 - 2)),
      left: indices.map((node) => (feature[node] === -1 ? 0 : any(node + 1, nodes))),
      right: indices.map((node) => (feature[node] === -1 ? 0 : any(node + 1, nodes))),
      missingRight: indices.map(() => any(0, 2)),
    };
    const model = compileModel(file, features);
    for (let row = 0; row < 40; row += 1) {
      const [vector, reference] = [randomVector(random, file.threshold), randomVector(random, file.threshold)];
      assert.equal(model.logOdds(vector), walkFile(file, vector));
      assert.equal(model.compare(vector, reference).base, walkFile(file, reference));
    }
  }
});

function walkFile(file: ModelFile, vector: Float32Array): number {
  let sum = file.bias;
  for (const root of file.roots) {
    let node = root;
    while (file.feature[node] !== -1) {
      const value = vector[file.feature[node]!]!;
      const goesRight = Number.isNaN(value) ? file.missingRight[node] === 1 : value >= file.threshold[node]!;
      node = goesRight ? file.right[node]! : file.left[node]!;
    }
    sum += file.threshold[node]!;
  }
  return sum;
}

test('a tree as deep as its nodes allow is compared without running out of stack', () => {
  const deep = Array.from({ length: 20_000 }, (_, depth) => depth);
  const file: ModelFile = {
    schema: 1,
    name: 'deep',
    features: ['f0'],
    bias: 0,
    roots: [0],
    feature: [...deep.map((depth) => (depth % 2 === 0 ? 0 : -1)), -1],
    threshold: [...deep.map((depth) => depth), 7],
    left: [...deep.map((depth) => depth + 1), 0],
    right: [...deep.map((depth) => depth + 2), 0].map((right) => Math.min(right, deep.length)),
    missingRight: [...deep.map(() => 0), 0],
  };
  const model = compileModel(file, features);
  const vector = new Float32Array(names.length).fill(1e6);
  assert.equal(model.compare(vector, new Float32Array(names.length)).base, 3);
  assert.equal(model.logOdds(vector), 7);
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
