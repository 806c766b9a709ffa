import type { ModelFile } from '../contract/kinds/modelFile.ts';
import { assert } from '../kernel/assert.ts';
import type { FeatureSet } from './featureSet.ts';
import { Sides } from './sides.ts';

/** Of memory, 32 bits each. */
const nodeWords = 2;
/** Of a node's first word, for what it reads: 200 features at most. Above them is the right child. */
const featureBits = 9;
const featureMask = (1 << featureBits) - 1;

/** See `Model.compare`. */
export interface Comparison {
  readonly base: number;
  /** One number per feature of the vector, in log-odds. */
  readonly byFeature: Float64Array;
}

/**
 * A compiled forest: the model file's arrays as typed arrays, features as positions in the vector of one feature set.
 * Everything compared is float32, as the trainer saw it; leaf outputs are summed in float64.
 */
export class Model {
  readonly name: string;
  readonly features: FeatureSet;
  readonly #bias: number;
  readonly #roots: Int32Array;
  /**
   * Two words for each node, so that a forest fits into the processor's nearest cache and a visit costs one wait. The first:
   * twice the feature's position in the vector, one more where a missing value goes right, and above `featureBits` where the right
   * child's first word is; the left child stands next. The second: the threshold. A leaf: -1, then where its output is.
   */
  readonly #words: Int32Array;
  readonly #floats: Float32Array;
  readonly #outputs: Float64Array;

  constructor(file: ModelFile, features: FeatureSet) {
    assertSound(file);
    const positions = file.features.map((name) => features.position(name));
    assert(!positions.includes(-1), 'the feature file has every feature that the model reads');
    this.name = file.name;
    this.features = features;
    this.#bias = file.bias;
    assert(features.size * 2 <= featureMask, 'a node has room for the place of each feature');
    const laid = layDown(file, positions);
    this.#words = laid.words;
    this.#floats = new Float32Array(laid.words.buffer);
    this.#roots = laid.roots;
    this.#outputs = Float64Array.from(file.threshold);
  }

  get trees(): number {
    return this.#roots.length;
  }

  /** bias + Σ leaf outputs, for a vector of `features`; NaN is missing. */
  logOdds(vector: Float32Array): number {
    const words = this.#words;
    const floats = this.#floats;
    const roots = this.#roots;
    let sum = this.#bias;
    for (let tree = 0; tree < roots.length; tree += 1) {
      let node = roots[tree]!;
      let word = words[node]!;
      while (word >= 0) {
        const value = vector[(word & featureMask) >> 1]!;
        const threshold = floats[node + 1]!;
        // A missing value is neither.
        if (value >= threshold || (Number.isNaN(value) && (word & 1) === 1)) node = word >> featureBits;
        else node += nodeWords;
        word = words[node]!;
      }
      sum += this.#output(node);
    }
    return sum;
  }

  /** P(human), from 0 to 1. */
  probability(vector: Float32Array): number {
    return sigmoid(this.logOdds(vector));
  }

  /**
   * How much each feature accounts for in the difference between a vector's log-odds and a reference's: exact Shapley
   * values, that is, each feature's change averaged over all orders in which the reference could be turned into the
   * vector. base (the reference's log-odds) + Σ contributions = logOdds(vector); what does not differ contributes 0.
   */
  compare(vector: Float32Array, reference: Float32Array): Comparison {
    const byFeature = new Float64Array(this.features.size);
    const sides = new Sides(this.features.size);
    for (const root of this.#roots) this.#compareBelow(root, vector, reference, sides, byFeature);
    return { base: this.logOdds(reference), byFeature };
  }

  /**
   * Walks both ways where the two part. On one path a feature parts them once, after that its side is settled: so the
   * recursion is at most as deep as there are features, and each leaf is met once.
   */
  #compareBelow(
    from: number,
    vector: Float32Array,
    reference: Float32Array,
    sides: Sides,
    byFeature: Float64Array,
  ): void {
    let node = from;
    for (let word = this.#words[node]!; word >= 0; word = this.#words[node]!) {
      const feature = (word & featureMask) >> 1;
      const next = this.#step(node, vector[feature]!);
      const other = this.#step(node, reference[feature]!);
      const side = sides.of(feature);
      if (next !== other && side === 'open') {
        sides.settle(feature, 'vector');
        this.#compareBelow(next, vector, reference, sides, byFeature);
        sides.reopen();
        sides.settle(feature, 'reference');
        this.#compareBelow(other, vector, reference, sides, byFeature);
        sides.reopen();
        return;
      }
      node = side === 'reference' ? other : next;
    }
    sides.share(this.#output(node), byFeature);
  }

  #step(node: number, value: number): number {
    const word = this.#words[node]!;
    const isRight = Number.isNaN(value) ? (word & 1) === 1 : value >= this.#floats[node + 1]!;
    return isRight ? word >> featureBits : node + nodeWords;
  }

  /** Of a leaf. */
  #output(node: number): number {
    return this.#outputs[this.#words[node + 1]!]!;
  }
}

/**
 * Puts each left child right behind its parent. A file may give several parents one child: it is laid down once, and where it
 * should stand behind another one, too, a node stands in that goes right for every value and for none.
 */
function layDown(file: ModelFile, positions: readonly number[]): { words: Int32Array<ArrayBuffer>; roots: Int32Array } {
  const words = new Int32Array(file.feature.length * 2 * nodeWords);
  const floats = new Float32Array(words.buffer);
  const places = new Int32Array(file.feature.length).fill(-1);
  /** Nodes to be laid down, and the inner nodes whose right children they are. */
  const open: { readonly node: number; readonly parentAt: number }[] = [];
  let end = 0;
  const lay = (first: number) => {
    let node = first;
    for (; file.feature[node] !== -1 && places[node] === -1; node = file.left[node]!) {
      places[node] = end;
      words[end] = positions[file.feature[node]!]! * 2 + file.missingRight[node]!;
      floats[end + 1] = file.threshold[node]!;
      open.push({ node: file.right[node]!, parentAt: end });
      end += nodeWords;
    }
    if (places[node] === -1) {
      places[node] = end;
      words[end] = -1;
      words[end + 1] = node;
    } else {
      words[end] = (places[node]! << featureBits) | 1;
      floats[end + 1] = Number.NEGATIVE_INFINITY;
    }
    end += nodeWords;
  };
  const roots = Int32Array.from(file.roots, (root) => {
    if (places[root] === -1) lay(root);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { node, parentAt } = next;
      if (places[node] === -1) lay(node);
      words[parentAt] = words[parentAt]! | (places[node]! << featureBits);
    }
    return places[root]!;
  });
  return { words: words.slice(0, end), roots };
}

/** Throws AssertionFailure on what the validator would have refused, a feature that the set lacks included. */
export function compileModel(file: ModelFile, features: FeatureSet): Model {
  return new Model(file, features);
}

/** 2 (surely automated) to 99 (surely human); 1 is kept for heuristics. */
export function scoreOf(probability: number): number {
  assert(probability >= 0 && probability <= 1, 'a probability is between 0 and 1');
  return Math.min(99, Math.max(2, 2 + Math.round(probability * 97)));
}

export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

function assertSound(file: ModelFile): void {
  const nodes = file.feature.length;
  const arrays = [file.threshold, file.left, file.right, file.missingRight];
  assert(
    arrays.every((array) => array.length === nodes),
    'a model’s arrays have one entry per node',
  );
  assert(new Set(file.features).size === file.features.length, 'a model names each feature once');
  assert(Number.isFinite(file.bias) && file.threshold.every(Number.isFinite), 'a model’s numbers are finite');
  assert(
    file.roots.every((root) => isIndex(root, 0, nodes)),
    'roots are nodes',
  );
  for (let node = 0; node < nodes; node += 1) {
    if (file.feature[node] === -1) continue;
    assert(isIndex(file.feature[node]!, 0, file.features.length), 'an inner node reads one of the model’s features');
    assert(isIndex(file.left[node]!, node + 1, nodes), 'children stand behind their parent');
    assert(isIndex(file.right[node]!, node + 1, nodes), 'children stand behind their parent');
  }
}

function isIndex(value: number, from: number, below: number): boolean {
  return Number.isInteger(value) && value >= from && value < below;
}
