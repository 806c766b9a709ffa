import type { ModelFile } from '../../contract/kinds/modelFile.ts';
import type { Random } from '../../kernel/random.ts';

/** A tree as a tree, for tests to walk. */
export type Tree =
  | { readonly output: number }
  | {
      readonly feature: string;
      readonly threshold: number;
      readonly missingRight: boolean;
      readonly left: Tree;
      readonly right: Tree;
    };

export function randomForest(
  random: Random,
  features: readonly string[],
  count: number,
  depthMax: number,
): { trees: Tree[]; thresholds: number[] } {
  const thresholds: number[] = [];
  const grow = (depth: number): Tree => {
    if (depth === depthMax || random.next() < 0.15) return { output: random.next() * 4 - 2 };
    // Whole numbers meet the values of counting features; the others are no float32 before they are rounded.
    const threshold = random.next() < 0.5 ? Math.floor(random.next() * 10) : random.next() * 20 - 10;
    thresholds.push(threshold);
    return {
      feature: features[Math.floor(random.next() * features.length)]!,
      threshold,
      missingRight: random.next() < 0.5,
      left: grow(depth + 1),
      right: grow(depth + 1),
    };
  };
  const trees = Array.from({ length: count }, () => grow(0));
  return { trees, thresholds: thresholds.length === 0 ? [0] : thresholds };
}

/** The trees as the flat arrays of a model file. */
export function asFile(trees: readonly Tree[], features: readonly string[], bias: number): ModelFile {
  const file = {
    schema: 1 as const,
    name: 'test',
    features,
    bias,
    roots: [] as number[],
    feature: [] as number[],
    threshold: [] as number[],
    left: [] as number[],
    right: [] as number[],
    missingRight: [] as number[],
  };
  const add = (tree: Tree): number => {
    const node = file.feature.length;
    const isLeaf = 'output' in tree;
    file.feature.push(isLeaf ? -1 : features.indexOf(tree.feature));
    file.threshold.push(isLeaf ? tree.output : tree.threshold);
    file.left.push(0);
    file.right.push(0);
    file.missingRight.push(!isLeaf && tree.missingRight ? 1 : 0);
    if (!isLeaf) {
      file.left[node] = add(tree.left);
      file.right[node] = add(tree.right);
    }
    return node;
  };
  for (const tree of trees) file.roots.push(add(tree));
  return file;
}
