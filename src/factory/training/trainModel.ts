import { compileFeatures, compileModel, type FeatureSet } from '../../bots/index.ts';
import type { FeatureFile } from '../../contract/featureFile.ts';
import type { ModelFile } from '../../contract/modelFile.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { headText } from './headText.ts';
import { type HeldOut, heldOuts } from './heldOuts.ts';
import { makeRows, type Row, tableOf } from './makeRows.ts';
import { makeTraffic, recordedTraffic, type Traffic } from './makeTraffic.ts';
import { readRecordedSessions } from './recordedSessions.ts';
import { trainForest } from './trainForest.ts';
import { readYdfModel, type YdfFiles } from './ydfModel.ts';

export interface TrainingOptions {
  readonly seed: number;
  /** Made sessions per label; recorded ones come on top. */
  readonly sessions: number;
  readonly trees: number;
  /** Also train without each held-out family in turn; costs about as long again as the model itself. */
  readonly heldOuts: boolean;
}

export interface TrainingReport {
  readonly options: TrainingOptions;
  readonly trainer: string;
  readonly trainedRows: number;
  readonly trees: number;
  readonly nodes: number;
  readonly features: readonly { readonly name: string; readonly nodes: number }[];
  readonly data: {
    readonly sessions: number;
    readonly requests: number;
    /** Of all sessions, those that are variations of a recorded one; and how many recorded ones there are. */
    readonly recordedVariations: number;
    readonly recordedSessions: number;
    readonly recordedPeople: number;
    /** As `headText` tells heads apart: without what the site and the visit put in. */
    readonly distinctHeads: number;
  };
  /** On made sessions alone, from the same generator with another seed: same families, other draws. */
  readonly fresh: Evaluation;
  /** Those rows of `fresh` whose head, as `headText` has it, does not occur in training. */
  readonly freshUnseenHeads: Evaluation;
  /** On the recorded sessions, once each as they were recorded. They are in training: this is no proof of anything new. */
  readonly recorded: Evaluation;
  /** Each trained without a family and judged on that family alone, of fresh and of recorded sessions. */
  readonly heldOut: readonly { readonly name: string; readonly evaluation: Evaluation }[];
}

/** A seed apart from the training's, so that no made session is in both. */
const freshSeedOffset = 1_000_003;
/** Held-out models are only for the report; a third of the sessions shows the same. */
const heldOutShare = 1 / 3;

/** Makes data, trains, evaluates. `progress` gets a line per step. */
export async function trainModel(
  featureFile: FeatureFile,
  options: TrainingOptions,
  progress: (line: string) => void,
): Promise<Result<{ model: ModelFile; report: TrainingReport; ydf: YdfFiles }, string>> {
  const features = compileFeatures(featureFile);
  const traffic = makeTraffic(options.seed, options.sessions);
  if (!traffic.ok) return traffic;
  const rows = makeRows(traffic.value, features);
  progress(
    `made ${traffic.value.sessions.length} sessions, ${traffic.value.requests.length} requests, ${rows.length} rows`,
  );
  const fresh = makeTraffic(options.seed + freshSeedOffset, Math.ceil(options.sessions / 2), 'without-recorded');
  if (!fresh.ok) return fresh;
  const freshRows = makeRows(fresh.value, features);
  const recordedRows = makeRows(recordedTraffic(options.seed + freshSeedOffset), features);
  const trainedHeads = new Set(traffic.value.requests.map(({ head }) => headText(head)));

  const forest = await train(rows, features, options);
  if (!forest.ok) return forest;
  progress(`trained ${forest.value.model.roots.length} trees, ${forest.value.model.feature.length} nodes`);
  const heldOut: { name: string; evaluation: Evaluation }[] = [];
  for (const family of options.heldOuts ? heldOuts : []) {
    const evaluation = await evaluateHeldOut(family, features, options, [...freshRows, ...recordedRows]);
    if (!evaluation.ok) return evaluation;
    heldOut.push({ name: family.name, evaluation: evaluation.value });
    progress(`evaluated without ${family.name}`);
  }
  const model = forest.value.model;
  const compiled = compileModel(model, features);
  const { seed, sessions, trees, heldOuts: withHeldOuts } = options;
  const report: TrainingReport = {
    options: { seed, sessions, trees, heldOuts: withHeldOuts },
    trainer: 'YDF gradient-boosted trees (ydf-training 0.0.1)',
    trainedRows: rows.length,
    trees: model.roots.length,
    nodes: model.feature.length,
    features: countUse(model),
    data: describeTraffic(traffic.value, trainedHeads.size),
    fresh: evaluate(compiled, freshRows),
    freshUnseenHeads: evaluate(
      compiled,
      freshRows.filter(({ head }) => !trainedHeads.has(headText(head))),
    ),
    recorded: evaluate(compiled, recordedRows),
    heldOut,
  };
  return ok({ model, report, ydf: forest.value.files });
}

async function train(
  rows: readonly Row[],
  features: FeatureSet,
  options: TrainingOptions,
): Promise<Result<{ model: ModelFile; files: YdfFiles }, string>> {
  const files = await trainForest(tableOf(rows, features.names));
  if (!files.ok) return files;
  const name = `forest-${options.trees}-seed-${options.seed}`;
  const model = readYdfModel(files.value, { humanLabel: 'human', name, treesMax: options.trees });
  return model.ok
    ? ok({ model: model.value, files: files.value })
    : err(`the trained model cannot be read: ${model.error}`);
}

async function evaluateHeldOut(
  family: HeldOut,
  features: FeatureSet,
  options: TrainingOptions,
  candidates: readonly Row[],
): Promise<Result<Evaluation, string>> {
  const traffic = makeTraffic(options.seed, Math.ceil(options.sessions * heldOutShare));
  if (!traffic.ok) return traffic;
  const rows = makeRows(traffic.value, features).filter(({ session }) => !family.leavesOut(session));
  const forest = await train(rows, features, options);
  if (!forest.ok) return forest;
  const judged = candidates.filter(({ session }) => family.includes(session));
  return ok(evaluate(compileModel(forest.value.model, features), judged));
}

function countUse(model: ModelFile): TrainingReport['features'] {
  const nodes = model.features.map((name, index) => ({
    name,
    nodes: model.feature.filter((one) => one === index).length,
  }));
  return nodes.sort((left, right) => right.nodes - left.nodes || (left.name < right.name ? -1 : 1));
}

function describeTraffic(traffic: Traffic, distinctHeads: number): TrainingReport['data'] {
  const recorded = readRecordedSessions();
  return {
    sessions: traffic.sessions.length,
    requests: traffic.requests.length,
    recordedVariations: traffic.sessions.filter(({ source }) => source === 'recorded').length,
    recordedSessions: recorded.length,
    recordedPeople: recorded.filter(({ label }) => label === 'human').length,
    distinctHeads,
  };
}
