import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FeatureFile } from '../contract/featureFile.ts';
import { renderReport, trainModel } from '../factory/training/index.ts';
import { readArguments, usageError, type Values } from './arguments.ts';
import { exitCodes, type Io } from './io.ts';

const usage = `usage: holdfast train [--seed N] [--sessions N] [--trees N] [--quick] [--out DIR] [--json]

Makes the model from data that it generates itself and writes model.json, model-report.md and model-report.json to DIR
(default: shipped/). The same seed gives the same model. Needs the dev dependencies of a checkout (npm ci).

  --seed N       start of all chance (1)
  --sessions N   made sessions of people and as many of bots (1300); recorded ones come on top
  --trees N      trees (90)
  --quick        no models without held-out families; the report lacks their table
  --json         print the report as JSON instead of one line
`;

/** Exit codes as every verb; 1 when training itself failed. */
export async function train(args: readonly string[], io: Io): Promise<number> {
  const read = readArguments(args, flags, usage, io);
  if (typeof read === 'number') return read;
  if (read.words.length > 0) return usageError('no words here', usage, io);
  const parsed = trainOptions(read.values);
  if (typeof parsed === 'string') return usageError(parsed, usage, io);
  const featuresPath = fileURLToPath(new URL('../../shipped/features.json', import.meta.url));
  const features = JSON.parse(readFileSync(featuresPath, 'utf8')) as FeatureFile;
  const startMs = performance.now();
  const elapsedS = () => ((performance.now() - startMs) / 1_000).toFixed(0);
  const result = await trainModel(features, parsed, (line) => io.stderr.write(`${elapsedS()} s: ${line}\n`));
  if (!result.ok) {
    io.stderr.write(`holdfast train: ${result.error}\n`);
    return exitCodes.refused;
  }
  const { model, report } = result.value;
  mkdirSync(parsed.out, { recursive: true });
  writeFileSync(join(parsed.out, 'model.json'), `${JSON.stringify(model)}\n`);
  writeFileSync(join(parsed.out, 'model-report.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(join(parsed.out, 'model-report.md'), renderReport(report));
  const { auc, peopleBelow30, botsAtLeast30 } = report.fresh;
  io.stdout.write(
    parsed.json
      ? `${JSON.stringify(report)}\n`
      : `${join(parsed.out, 'model.json')}: AUC ${auc.toFixed(4)}, people below 30 ${(peopleBelow30 * 100).toFixed(2)} %, bots at 30 and above ${(botsAtLeast30 * 100).toFixed(2)} %\n`,
  );
  return exitCodes.done;
}

interface TrainArguments {
  readonly seed: number;
  readonly sessions: number;
  readonly trees: number;
  readonly heldOuts: boolean;
  readonly out: string;
  readonly json: boolean;
}

const flags = {
  seed: { type: 'string', default: '1' },
  sessions: { type: 'string', default: '1300' },
  trees: { type: 'string', default: '90' },
  quick: { type: 'boolean', default: false },
  out: { type: 'string', default: fileURLToPath(new URL('../../shipped', import.meta.url)) },
  json: { type: 'boolean', default: false },
} as const;

function trainOptions(values: Values): TrainArguments | string {
  const numbers = { seed: Number(values.seed), sessions: Number(values.sessions), trees: Number(values.trees) };
  for (const [name, value] of Object.entries(numbers)) {
    const min = name === 'seed' ? 0 : 1;
    const max = { seed: 0xffff_ffff, sessions: 20_000, trees: 300 }[name] ?? 0;
    if (!Number.isInteger(value) || value < min || value > max)
      return `--${name} is a whole number from ${min} to ${max}`;
  }
  return {
    ...numbers,
    heldOuts: values.quick !== true,
    out: resolve(values.out as string),
    json: values.json === true,
  };
}
