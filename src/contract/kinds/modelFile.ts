/**
 * Payload of a bundle of kind `model`: a forest of binary trees in flat arrays, one entry per node, all trees behind one
 * another. Inner node i: `feature[i]` ≥ 0 indexes `features`; a value ≥ `threshold[i]` goes to `right[i]`, below it to
 * `left[i]`, a missing one to the right where `missingRight[i]` is 1. Leaf: `feature[i]` = -1 and `threshold[i]` is its
 * output. Children always stand behind their parent, so every walk ends.
 * P(human) = sigmoid(bias + Σ leaf outputs).
 */
export interface ModelFile {
  readonly schema: 1;
  readonly name: string;
  /** Names of the features read; the feature file in force must have every one. */
  readonly features: readonly string[];
  readonly bias: number;
  /** Index of each tree's root node. */
  readonly roots: readonly number[];
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly missingRight: readonly number[];
}

/** What a bundle of kind `model` alone is refused for, and what each reason means: sentences without their full stops. */
export const modelReasons = {
  'model-feature-missing': 'the model asks for a feature that the feature file does not have',
  'model-feature-duplicate': 'the model names a feature twice',
  'model-empty': 'the model has no feature, no tree or no node',
  'model-too-large': 'the model has more features, trees, nodes or levels than it may have',
  'model-node-invalid': 'the nodes are no forest, or a number in one of them is none that can be computed with',
} as const;
