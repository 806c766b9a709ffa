import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFeatures, compileModel } from '../bots/index.ts';
import { shippedFeatures } from '../bots/testing/features.ts';
import { seededRandom } from '../kernel/random.ts';
import { boostTrees, type Question } from './forest/boostedTrees.ts';

const features = compileFeatures(shippedFeatures());
const boosting = { trees: 20, depth: 4, rate: 0.2, ridge: 1, leafWeightMin: 1, columnShare: 0.7 };
const rowCount = 600;

/** Rows whose label follows the first two columns, with noise; of every column a sixth is missing. */
function noisyTable() {
  const random = seededRandom(3);
  const columns = features.names.map(() =>
    Float32Array.from({ length: rowCount }, () =>
      random.next() < 1 / 6 ? Number.NaN : Math.round(random.next() * 40) / 8,
    ),
  );
  const humans = Uint8Array.from({ length: rowCount }, (_, row) => {
    const sum = (columns[0]![row]! || 0) - (columns[1]![row]! || 0) + (random.next() - 0.5) * 4;
    return sum > 0 ? 1 : 0;
  });
  return { names: features.names, columns, humans };
}

function grow(question: (column: number) => Question | undefined, seed = 7) {
  const task = {
    ...{ table: noisyTable(), weights: new Float64Array(rowCount).fill(1), boosting, name: 'noise' },
    questions: features.names.map((_, column) => (column < 6 ? question(column) : undefined)),
  };
  return boostTrees(task, seededRandom(seed));
}

const free: Question = { direction: 0, speaksWhenMissing: true };
const table = noisyTable();
const vectorOf = (row: number) => Float32Array.from(table.columns, (column) => column[row]!);

test('the edge’s evaluator says of every row what the trainer said', () => {
  const { model, logOdds } = grow(() => free);
  const compiled = compileModel(model, features);
  for (let row = 0; row < rowCount; row += 1) {
    assert.ok(Math.abs(compiled.logOdds(vectorOf(row)) - logOdds[row]!) < 1e-9, `row ${row}`);
  }
  const right = logOdds.filter((value, row) => value > 0 === (table.humans[row] === 1)).length;
  assert.ok(right > rowCount * 0.8, `${right} of ${rowCount} rows are right`);
  assert.deepEqual([...model.features].sort(), features.names.slice(0, 6).sort());
});

test('the same seed grows the same forest, another one another', () => {
  const text = (seed: number) => JSON.stringify(grow(() => free, seed).model);
  assert.equal(text(7), text(7));
  assert.notEqual(text(7), text(8));
});

for (const direction of [1, -1] as const) {
  test(`a larger value never speaks against direction ${direction}, and a missing one for no program`, () => {
    const { model } = grow(() => ({ direction, speaksWhenMissing: false }));
    const compiled = compileModel(model, features);
    assert.ok(model.roots.length === boosting.trees && model.feature.some((feature) => feature >= 0));
    for (let row = 0; row < rowCount; row += 1) {
      for (let column = 0; column < 6; column += 1) {
        const vector = vectorOf(row);
        const said = [-1, 0.4, 1.3, 2.2, 3.1, 4, 6].map((value) => {
          vector[column] = value;
          return compiled.logOdds(vector) * direction;
        });
        for (let at = 1; at < said.length; at += 1) assert.ok(said[at]! >= said[at - 1]! - 1e-9, `row ${row}`);
        vector[column] = Number.NaN;
        assert.ok(compiled.logOdds(vector) >= Math.max(said[0]! * direction, said.at(-1)! * direction) - 1e-9);
      }
    }
  });
}

test('where both may be, data goes against both directions', () => {
  const compiled = compileModel(grow(() => free).model, features);
  const span = (column: number) => {
    const vector = vectorOf(0);
    const [low, high] = [0, 5].map((value) => {
      vector[column] = value;
      return compiled.logOdds(vector);
    });
    return high! - low!;
  };
  assert.ok(span(0) > 1 && span(1) < -1, `${span(0)} and ${span(1)}`);
});
