import type { ModelFile } from '../../contract/kinds/modelFile.ts';
import { assert } from '../../kernel/assert.ts';
import type { Random } from '../../kernel/random.ts';
import { type Bounds, bestSplit, type Split } from './bestSplit.ts';
import { type BinnedColumn, binColumn, missingBin } from './binnedColumn.ts';
import type { TrainingTable } from './trainingTable.ts';

/** How the trees grow. */
export interface Boosting {
  readonly trees: number;
  /** Questions on the way to a leaf, at most. */
  readonly depth: number;
  /** How much of its correction each tree makes. */
  readonly rate: number;
  /** Added to every sum of curvatures: few rows say little. */
  readonly ridge: number;
  /** A leaf's least sum of curvatures. */
  readonly leafWeightMin: number;
  /** Of the columns, how many each tree may ask about: none must lean on one question alone. */
  readonly columnShare: number;
}

/** What a larger value may speak for: 1 a person and never a program, -1 a program and never a person, 0 either. */
export type Direction = 1 | 0 | -1;

/** What trees may ask about a column. */
export interface Question {
  readonly direction: Direction;
  /** Whether a missing value may speak against a person. */
  readonly speaksWhenMissing: boolean;
}

export interface BoostingTask {
  readonly table: TrainingTable;
  /** One per row, positive. */
  readonly weights: Float64Array;
  /** One per column; undefined: the trees ask nothing about it. */
  readonly questions: readonly (Question | undefined)[];
  readonly boosting: Boosting;
  readonly name: string;
}

/**
 * Gradient boosting over decision trees with Newton leaves (Friedman 2001; Chen and Guestrin 2016), each question's answer
 * held to the direction that its column may have. `random` draws the columns of each tree: the same draws, the same forest.
 * `logOdds` is what it says of each row.
 */
export function boostTrees(
  { table, weights, questions, boosting, name }: BoostingTask,
  random: Random,
): { readonly model: ModelFile; readonly logOdds: Float64Array } {
  assert(table.columns.length === questions.length, 'every column has a question or none');
  const columns = table.columns.flatMap((values, place): BinnedColumn[] => {
    const question = questions[place];
    return question === undefined ? [] : [{ ...binColumn(values), ...question, place }];
  });
  const bias = roundedOutput(logit(weightedShare(table.humans, weights)));
  const logOdds = new Float64Array(table.humans.length).fill(bias);
  const slopes = { gradient: new Float64Array(logOdds.length), curvature: new Float64Array(logOdds.length) };
  const forest = new ForestDraft(table.names);
  for (let tree = 0; tree < boosting.trees; tree += 1) {
    fillSlopes(table.humans, weights, logOdds, slopes);
    const asked = columns.filter(() => random.next() < boosting.columnShare);
    new TreeGrower(asked, slopes, boosting, forest, logOdds).grow();
  }
  return { model: forest.file(name, bias), logOdds };
}

export interface Slopes {
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
}

/** Of the weighted logistic loss, by each row's log-odds. */
function fillSlopes(humans: Uint8Array, weights: Float64Array, logOdds: Float64Array, slopes: Slopes): void {
  for (let row = 0; row < logOdds.length; row += 1) {
    const probability = 1 / (1 + Math.exp(-logOdds[row]!));
    slopes.gradient[row] = weights[row]! * (probability - humans[row]!);
    slopes.curvature[row] = weights[row]! * probability * (1 - probability);
  }
}

/** Grows one tree, depth first, and moves the rows' log-odds by what its leaves say. */
class TreeGrower {
  readonly #columns: readonly BinnedColumn[];
  readonly #slopes: Slopes;
  readonly #boosting: Boosting;
  readonly #forest: ForestDraft;
  readonly #logOdds: Float64Array;

  constructor(
    columns: readonly BinnedColumn[],
    slopes: Slopes,
    boosting: Boosting,
    forest: ForestDraft,
    logOdds: Float64Array,
  ) {
    this.#columns = columns;
    this.#slopes = slopes;
    this.#boosting = boosting;
    this.#forest = forest;
    this.#logOdds = logOdds;
  }

  grow(): void {
    const all = Uint32Array.from(this.#logOdds, (_, row) => row);
    this.#forest.roots.push(this.#forest.size);
    this.#growBelow(all, 0, { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
  }

  /** Gives the node's place. */
  #growBelow(rows: Uint32Array, depth: number, bounds: Bounds): number {
    const split = depth < this.#boosting.depth ? this.#split(rows, bounds) : undefined;
    if (split === undefined) return this.#leaf(rows, bounds);
    const { column } = split;
    const node = this.#forest.inner(column.place, column.thresholds[split.bin]!, split.missingRight);
    const [left, right] = partition(rows, column.bins, split);
    const [leftBounds, rightBounds] = boundsBelow(bounds, column.direction, split);
    this.#forest.left[node] = this.#growBelow(left, depth + 1, leftBounds);
    this.#forest.right[node] = this.#growBelow(right, depth + 1, rightBounds);
    return node;
  }

  #split(rows: Uint32Array, bounds: Bounds): Split | undefined {
    let best: Split | undefined;
    for (const column of this.#columns) {
      const split = bestSplit(rows, column, this.#slopes, bounds, this.#boosting);
      if (split !== undefined && (best === undefined || split.gain > best.gain)) best = split;
    }
    return best;
  }

  #leaf(rows: Uint32Array, { low, high }: Bounds): number {
    let [gradient, curvature] = [0, this.#boosting.ridge];
    for (const row of rows) {
      gradient += this.#slopes.gradient[row]!;
      curvature += this.#slopes.curvature[row]!;
    }
    const output = roundedOutput(this.#boosting.rate * Math.min(high, Math.max(low, -gradient / curvature)));
    for (const row of rows) this.#logOdds[row] = this.#logOdds[row]! + output;
    return this.#forest.leaf(output);
  }
}

/** Rows below the threshold, and those from it on. */
function partition(rows: Uint32Array, bins: Uint8Array, split: Split): [Uint32Array, Uint32Array] {
  const isRight = (row: number) => (bins[row] === missingBin ? split.missingRight : bins[row]! > split.bin);
  return [rows.filter((row) => !isRight(row)), rows.filter(isRight)];
}

/** What the two sides said stays apart further down: neither crosses the middle between them. */
function boundsBelow(bounds: Bounds, direction: Direction, { left, right }: Split): [Bounds, Bounds] {
  if (direction === 0) return [bounds, bounds];
  const middle = (left + right) / 2;
  const below = { low: bounds.low, high: middle };
  const above = { low: middle, high: bounds.high };
  return direction === 1 ? [below, above] : [above, below];
}

/** A forest's arrays as they are filled. */
class ForestDraft {
  readonly #columnNames: readonly string[];
  readonly #names: string[] = [];
  readonly roots: number[] = [];
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly left: number[] = [];
  readonly right: number[] = [];
  readonly #missingRight: number[] = [];

  constructor(columnNames: readonly string[]) {
    this.#columnNames = columnNames;
  }

  get size(): number {
    return this.#feature.length;
  }

  inner(column: number, threshold: number, missingRight: boolean): number {
    const name = this.#columnNames[column]!;
    const known = this.#names.indexOf(name);
    return this.#add(known === -1 ? this.#names.push(name) - 1 : known, threshold, missingRight ? 1 : 0);
  }

  leaf(output: number): number {
    return this.#add(-1, output, 0);
  }

  #add(feature: number, threshold: number, missingRight: number): number {
    this.left.push(0);
    this.right.push(0);
    this.#threshold.push(threshold);
    this.#missingRight.push(missingRight);
    return this.#feature.push(feature) - 1;
  }

  file(name: string, bias: number): ModelFile {
    return {
      ...{ schema: 1, name, features: this.#names, bias, roots: this.roots },
      ...{ feature: this.#feature, threshold: this.#threshold, left: this.left, right: this.right },
      missingRight: this.#missingRight,
    };
  }
}

/** Seven digits say as much as a forest knows, and keep its file small. */
function roundedOutput(value: number): number {
  return Number(value.toPrecision(7));
}

function weightedShare(humans: Uint8Array, weights: Float64Array): number {
  let [people, all] = [0, 0];
  for (const [row, weight] of weights.entries()) {
    all += weight;
    people += weight * humans[row]!;
  }
  assert(people > 0 && people < all, 'there are rows of both kinds');
  return people / all;
}

function logit(share: number): number {
  return Math.log(share / (1 - share));
}
