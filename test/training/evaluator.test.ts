import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compileFeatures, compileModel } from '../../src/bots/index.ts';
import type { FeatureFile } from '../../src/contract/featureFile.ts';
import type { ModelFile } from '../../src/contract/modelFile.ts';
import { makeRows, tableOf } from '../../src/factory/training/makeRows.ts';
import { makeTraffic } from '../../src/factory/training/makeTraffic.ts';
import { trainForest } from '../../src/factory/training/trainForest.ts';
import { encodeTable, type TrainingTable } from '../../src/factory/training/trainingTable.ts';
import { readYdfModel, type YdfFiles } from '../../src/factory/training/ydfModel.ts';
import { seededRandom } from '../../src/kernel/random.ts';

const featureFile = JSON.parse(
  readFileSync(new URL('../../shipped/features.json', import.meta.url), 'utf8'),
) as FeatureFile;
const features = compileFeatures(featureFile);
const rowsJudged = 12_000;

test('the evaluator gives the trainer’s probability within 1e-6, with missing values and values on thresholds', async (context) => {
  const traffic = makeTraffic(11, 120);
  assert.ok(traffic.ok);
  const table = tableOf(makeRows(traffic.value, features), features.names);
  const files = await trainForest(table);
  assert.ok(files.ok, files.ok ? '' : files.error);
  const read = readYdfModel(files.value, { humanLabel: 'human', name: 'oracle', treesMax: 300 });
  assert.ok(read.ok, read.ok ? '' : read.error);
  const probes = makeProbes(table, read.value);
  const expected = askOracle(files.value, probes);
  assert.equal(expected.length, rowsJudged);

  const model = compileModel(read.value, features);
  let worst = 0;
  for (let row = 0; row < rowsJudged; row++) {
    const vector = Float32Array.from(probes.columns, (column) => column[row]!);
    worst = Math.max(worst, Math.abs(model.probability(vector) - expected[row]!));
  }
  context.diagnostic(`largest difference ${worst} on ${rowsJudged} rows`);
  assert.ok(worst <= 1e-6, `the largest difference is ${worst}`);
  // A constant would agree with nothing: the oracle's answers must spread.
  assert.ok(expected.some((value) => value < 0.05) && expected.some((value) => value > 0.95));
});

/** Real rows, of which a third gets missing values and a third values that stand exactly on thresholds. */
function makeProbes(table: TrainingTable, model: ModelFile): TrainingTable {
  const random = seededRandom(5);
  const count = table.humans.length;
  const thresholds = table.names.map((name) => {
    const index = model.features.indexOf(name);
    return model.threshold.filter((_, node) => index >= 0 && model.feature[node] === index).map(Math.fround);
  });
  const columns = table.names.map((_, column) =>
    Float32Array.from({ length: rowsJudged }, (_value, row) => {
      const value = table.columns[column]![(row * 31) % count]!;
      const kind = row % 3;
      if (kind === 1 && random.next() < 0.3) return Number.NaN;
      const choices = thresholds[column]!;
      if (kind === 2 && choices.length > 0 && random.next() < 0.5) {
        return choices[Math.floor(random.next() * choices.length)]!;
      }
      return value;
    }),
  );
  return { ...table, columns, humans: new Uint8Array(rowsJudged) };
}

function askOracle(files: YdfFiles, table: TrainingTable): Float64Array {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-oracle-'));
  try {
    const modelFolder = join(folder, 'model');
    mkdirSync(modelFolder);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(modelFolder, name), content);
    writeFileSync(join(folder, 'table'), encodeTable(table));
    const script = fileURLToPath(new URL('./ydfOracle.ts', import.meta.url));
    const paths = [modelFolder, join(folder, 'table'), join(folder, 'out')];
    const { status, stderr } = spawnSync(process.execPath, [script, ...paths], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const bytes = readFileSync(join(folder, 'out'));
    return new Float64Array(new Uint8Array(bytes).buffer);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
