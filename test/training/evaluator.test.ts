import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileFeatures, compileModel } from '../../src/bots/index.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import type { ModelFile } from '../../src/contract/kinds/modelFile.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { questionAbout } from '../../src/training/questions.ts';
import { makeRows } from '../../src/training/rows/makeRows.ts';
import { makeTraffic } from '../../src/training/traffic/makeTraffic.ts';

const readShipped = <T>(name: string) =>
  JSON.parse(readFileSync(new URL(`../../shipped/${name}.json`, import.meta.url), 'utf8')) as T;
const features = compileFeatures(readShipped<FeatureFile>('features'));
const file = readShipped<ModelFile>('model');
const rowsJudged = 12_000;

/** The model file read as its contract says it, tree by tree, with nothing packed. */
function readPlainly(vector: Float32Array): number {
  const walk = (node: number): number => {
    const feature = file.feature[node]!;
    if (feature === -1) return file.threshold[node]!;
    const value = vector[features.position(file.features[feature]!)]!;
    const isRight = Number.isNaN(value) ? file.missingRight[node] === 1 : value >= Math.fround(file.threshold[node]!);
    return walk(isRight ? file.right[node]! : file.left[node]!);
  };
  const sum = file.roots.reduce((total, root) => total + walk(root), file.bias);
  return 1 / (1 + Math.exp(-sum));
}

test('the shipped model is evaluated as its contract says, with missing values and values on thresholds', (context) => {
  const traffic = makeTraffic(11, 120);
  assert.ok(traffic.ok);
  const rows = makeRows(traffic.value, features);
  const model = compileModel(file, features);
  const random = seededRandom(5);
  const thresholds = features.names.map((name) =>
    file.threshold.filter((_, node) => file.features[file.feature[node]!] === name).map(Math.fround),
  );
  let worst = 0;
  const said: number[] = [];
  for (let row = 0; row < rowsJudged; row++) {
    const vector = rows[(row * 31) % rows.length]!.vector.map((value, column) => {
      const choices = thresholds[column]!;
      if (row % 3 === 1 && random.next() < 0.3) return Number.NaN;
      return row % 3 === 2 && choices.length > 0 && random.next() < 0.5
        ? choices[Math.floor(random.next() * choices.length)]!
        : value;
    });
    said.push(model.probability(vector));
    worst = Math.max(worst, Math.abs(said.at(-1)! - readPlainly(vector)));
  }
  context.diagnostic(`largest difference ${worst} on ${rowsJudged} rows`);
  assert.ok(worst <= 1e-9, `the largest difference is ${worst}`);
  // A constant would agree with nothing: the answers must spread.
  assert.ok(said.some((value) => value < 0.1) && said.some((value) => value > 0.9));
});

test('in the shipped model a missing value speaks against nobody, but where no browser is claimed', () => {
  const traffic = makeTraffic(12, 60);
  assert.ok(traffic.ok);
  const rows = makeRows(traffic.value, features).slice(0, 600);
  const model = compileModel(file, features);
  for (const name of file.features) {
    if (questionAbout(name)?.speaksWhenMissing !== false) continue;
    const position = features.position(name);
    const lowered = rows.filter(({ vector }) => {
      const without = vector.slice();
      without[position] = Number.NaN;
      return model.logOdds(without) < model.logOdds(vector) - 1e-9;
    });
    assert.equal(lowered.length, 0, name);
  }
  assert.equal(file.features.filter((name) => questionAbout(name) === undefined).length, 0);
});
