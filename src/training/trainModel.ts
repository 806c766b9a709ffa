import { compileFeatures, compileModel, type FeatureSet, type Model } from '../bots/index.ts';
import type { FeatureFile } from '../contract/kinds/featureFile.ts';
import type { ModelFile } from '../contract/kinds/modelFile.ts';
import { seededRandom } from '../kernel/random.ts';
import { ok, type Result } from '../kernel/result.ts';
import { type Evaluation, evaluate } from './evaluation/evaluate.ts';
import {
  evaluateHeldOuts,
  type HeldOutEvaluation,
  type HeldOutRow,
  heuristicHits,
} from './evaluation/heldOutEvaluation.ts';
import { type HeldOut, heldOuts } from './evaluation/heldOuts.ts';
import { isbotSays } from './evaluation/isbotBaseline.ts';
import type { Calibration } from './evaluation/statistics.ts';
import { type Boosting, boostTrees } from './forest/boostedTrees.ts';
import { trainLogistic } from './forest/logistic.ts';
import { compareModels, faultsOf, type OwnEvaluation, type OwnRows } from './ownLog/index.ts';
import { questionAbout } from './questions.ts';
import { headText } from './rows/headText.ts';
import { makeRows, type Row, type TrainedRow, tableOf } from './rows/makeRows.ts';
import { rowWeights } from './rows/rowWeights.ts';
import { makeTraffic, recordedTraffic, type Traffic } from './traffic/makeTraffic.ts';
import { allRecordedSessions } from './traffic/recordedSessions.ts';

export interface TrainingOptions {
  readonly seed: number;
  /** Made sessions per label; recorded ones come on top. */
  readonly sessions: number;
  readonly trees: number;
  /** Also train without each held-out family in turn; costs about as long again as the model itself. */
  readonly heldOuts: boolean;
}

/** What else is learned from: an operator's own log. */
export interface OwnData {
  readonly rows: OwnRows;
  /** What the own model is compared with; compiled for the same features. */
  readonly shipped: ModelFile;
}

export interface TrainingReport {
  readonly options: TrainingOptions;
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
  /** Each trained without some families and judged on those alone, of fresh and of recorded sessions. */
  readonly heldOut: readonly { readonly name: string; readonly evaluation: Evaluation }[];
  /** What these say together, with intervals, and beside what others say; null: there were none. */
  readonly heldOutFigures: HeldOutEvaluation | null;
  /** How sure the held-out models were and how often they were right, after calibration; as `model report --html` plots it. */
  readonly calibration: {
    readonly ece: number;
    readonly scale: number;
    readonly shift: number;
    readonly bins: HeldOutEvaluation['calibrationBins'];
  } | null;
  /** What was learned from the operator's own log; null: nothing. */
  readonly ownLog: {
    readonly clients: OwnRows['clients'];
    readonly trainedRows: number;
    readonly evaluation: OwnEvaluation;
    /** Why the model should not be used. */
    readonly faults: readonly string[];
  } | null;
}

/** A seed apart from the training's, so that no made session is in both. */
const freshSeedOffset = 1_000_003;

/** Makes data, trains, evaluates. `progress` gets a line per step. */
export async function trainModel(
  featureFile: FeatureFile,
  options: TrainingOptions,
  progress: (line: string) => void,
  own: OwnData | null = null,
): Promise<Result<{ model: ModelFile; report: TrainingReport }, string>> {
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

  const ownTrained = own?.rows.trained ?? [];
  const forest = train([...rows, ...ownTrained], features, options);
  progress(`trained ${forest.roots.length} trees, ${forest.feature.length} nodes`);
  const heldOut: { name: string; evaluation: Evaluation }[] = [];
  const heldOutRows: HeldOutRow[] = [];
  const candidates = options.heldOuts ? candidateRows(options, features) : ok([]);
  if (!candidates.ok) return candidates;
  for (const [index, family] of options.heldOuts ? heldOuts.entries() : []) {
    const judged = judgeHeldOut({
      family,
      fold: index,
      features,
      options,
      rows,
      ownTrained,
      candidates: candidates.value,
    });
    heldOutRows.push(...judged.rows);
    heldOut.push({ name: family.name, evaluation: judged.evaluation });
    progress(`evaluated without ${family.name}`);
  }
  const figures = heldOutRows.length === 0 ? null : evaluateHeldOuts(heldOutRows, heldOuts);
  const model = figures === null ? forest : calibrated(forest, figures.calibration);
  const compiled = compileModel(model, features);
  const recorded = evaluate(compiled, recordedRows);
  const { seed, sessions, trees, heldOuts: withHeldOuts } = options;
  const report: TrainingReport = {
    options: { seed, sessions, trees, heldOuts: withHeldOuts },
    trainedRows: rows.length + ownTrained.length,
    trees: model.roots.length,
    nodes: model.feature.length,
    features: countUse(model),
    data: describeTraffic(traffic.value, trainedHeads.size),
    fresh: evaluate(compiled, freshRows),
    freshUnseenHeads: evaluate(
      compiled,
      freshRows.filter(({ head }) => !trainedHeads.has(headText(head))),
    ),
    recorded,
    heldOut,
    heldOutFigures: figures,
    calibration: figures && {
      ...{ ece: figures.calibrationError, ...figures.calibration, bins: figures.calibrationBins },
    },
    ownLog: own && reportOwn(own, compileModel(own.shipped, features), compiled, recorded),
  };
  return ok({ model, report });
}

function reportOwn({ rows }: OwnData, shipped: Model, model: Model, recorded: Evaluation): TrainingReport['ownLog'] {
  const evaluation = compareModels(rows.keptBack, shipped, model);
  const faults = faultsOf(evaluation, recorded);
  return { clients: rows.clients, trainedRows: rows.trained.length, evaluation, faults };
}

/** Chosen by what the held-out families say (docs/decisions/2026-11-28-own-trainer.md). */
const growth: Omit<Boosting, 'trees'> = { depth: 5, rate: 0.27, ridge: 1, leafWeightMin: 2, columnShare: 0.2 };

function train(rows: readonly TrainedRow[], features: FeatureSet, { trees, seed }: TrainingOptions): ModelFile {
  const isOfFleet = rows.some(({ session }) => session.source === 'log');
  const task = {
    ...{ table: tableOf(rows, features.names), weights: rowWeights(rows) },
    questions: features.names.map((name) => questionAbout(name, isOfFleet)),
    ...{ boosting: { ...growth, trees }, name: `forest-${trees}-seed-${seed}${isOfFleet ? '-own-log' : ''}` },
  };
  return boostTrees(task, seededRandom(seed)).model;
}

interface HeldOutTask {
  readonly family: HeldOut;
  readonly fold: number;
  readonly features: FeatureSet;
  readonly options: TrainingOptions;
  /** The model's own training rows, of which the fold leaves some out. */
  readonly rows: readonly Row[];
  /** Those of the operator's log: they stay in every fold. */
  readonly ownTrained: readonly TrainedRow[];
  readonly candidates: readonly Row[];
}

/** What held-out models are judged on: fresh made sessions, and the recorded ones as they were, each from an address of its own. */
function candidateRows(options: TrainingOptions, features: FeatureSet): Result<Row[], string> {
  const seed = options.seed + freshSeedOffset;
  const fresh = makeTraffic(seed, Math.ceil(options.sessions / 4), 'without-recorded');
  if (!fresh.ok) return fresh;
  const recorded = makeRows(recordedTraffic(seed), features, 'all');
  return ok([...makeRows(fresh.value, features, 'all'), ...recorded]);
}

function judgeHeldOut({ family, fold, features, options, rows, ownTrained, candidates }: HeldOutTask): {
  rows: HeldOutRow[];
  evaluation: Evaluation;
} {
  const kept: TrainedRow[] = [...rows.filter(({ session }) => !family.leavesOut(session)), ...ownTrained];
  const asked = features.names.filter((name) => questionAbout(name) !== undefined);
  const places = asked.map((name) => features.position(name));
  const askedOf = (vector: Float32Array) => Float32Array.from(places, (place) => vector[place]!);
  const askedRows = kept.map((row) => ({ ...row, vector: askedOf(row.vector) }));
  const logistic = trainLogistic(tableOf(askedRows, asked), rowWeights(kept), options.seed);
  const model = compileModel(train(kept, features, options), features);
  const judged = candidates.filter(({ session }) => family.includes(session));
  return {
    evaluation: evaluate(model, judged),
    rows: judged.map((row) => ({
      ...{
        row,
        fold,
        kind: family.kind,
        forest: model.logOdds(row.vector),
        logistic: logistic.logOdds(askedOf(row.vector)),
      },
      ...{ heuristic: heuristicHits(row), isbot: isbotSays(row.head.headers['user-agent'] ?? '') },
    })),
  };
}

/** Scaled log-odds are a forest of their own: each leaf and the bias scaled, the shift added. */
function calibrated(model: ModelFile, { scale, shift }: Calibration): ModelFile {
  const round = (value: number) => Number(value.toPrecision(7));
  return {
    ...model,
    bias: round(model.bias * scale + shift),
    threshold: model.threshold.map((value, node) => (model.feature[node] === -1 ? round(value * scale) : value)),
  };
}

function countUse(model: ModelFile): TrainingReport['features'] {
  const nodes = model.features.map((name, index) => ({
    name,
    nodes: model.feature.filter((one) => one === index).length,
  }));
  return nodes.sort((left, right) => right.nodes - left.nodes || (left.name < right.name ? -1 : 1));
}

function describeTraffic(traffic: Traffic, distinctHeads: number): TrainingReport['data'] {
  const recorded = allRecordedSessions();
  return {
    sessions: traffic.sessions.length,
    requests: traffic.requests.length,
    recordedVariations: traffic.sessions.filter(({ source }) => source === 'recorded').length,
    recordedSessions: recorded.length,
    recordedPeople: recorded.filter(({ label }) => label === 'human').length,
    distinctHeads,
  };
}
