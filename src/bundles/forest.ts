import type { ModelFile } from '../contract/kinds/modelFile.ts';
import { limits } from '../contract/limits.ts';
import type { FindingList } from './findingList.ts';

/** Bias and leaf outputs are log-odds; at 40 the sigmoid is 1 in float64. The bound keeps every sum finite. */
export const modelOutputMax = 1e6;

type Nodes = Pick<ModelFile, 'roots' | 'feature' | 'threshold' | 'left' | 'right' | 'missingRight'>;

/**
 * Checks that the arrays are a forest whose every walk ends within `modelDepthMax` steps: lists of one length, indexes
 * in range, children behind their parent, every node in exactly one tree. Costs one pass over the nodes.
 */
export function checkForest(nodes: Nodes, featureCount: number, findings: FindingList): void {
  // 0: not reached yet; roots stand at depth 1.
  const depth = new Uint32Array(nodes.feature.length);
  const problem = listsProblem(nodes) ?? rootsProblem(nodes, depth) ?? nodesProblem(nodes, featureCount, depth);
  if (problem !== undefined) {
    findings.add({ reason: 'model-node-invalid', message: problem });
    return;
  }
  const value = depth.reduce((deepest, each) => Math.max(deepest, each), 0);
  const limit = limits.modelDepthMax;
  if (value <= limit) return;
  const message = `A tree of the model is ${value} nodes deep; at most ${limit} are allowed.`;
  findings.add({ reason: 'model-too-large', message, value, limit });
}

function listsProblem(nodes: Nodes): string | undefined {
  const count = nodes.feature.length;
  const uneven = (['threshold', 'left', 'right', 'missingRight'] as const).filter((key) => nodes[key].length !== count);
  if (uneven.length === 0) return undefined;
  return `These lists must be as long as feature, which has ${count} nodes: ${uneven.join(', ')}.`;
}

function rootsProblem(nodes: Nodes, depth: Uint32Array): string | undefined {
  for (const root of nodes.roots) {
    if (!isIndex(root, 0, depth.length)) return `Root ${root} is not a node; there are ${depth.length}.`;
    if (depth[root] !== 0) return `Node ${root} is the root of two trees.`;
    depth[root] = 1;
  }
  return undefined;
}

/** Children stand behind their parents, so one pass meets every node after its depth is known. */
function nodesProblem(nodes: Nodes, featureCount: number, depth: Uint32Array): string | undefined {
  for (let node = 0; node < depth.length; node++) {
    const problem = nodeProblem(nodes, node, featureCount, depth);
    if (problem !== undefined) return `Node ${node}: ${problem}.`;
  }
  return undefined;
}

/** What is wrong with one node, or undefined; marks its children's depths. */
function nodeProblem(nodes: Nodes, node: number, featureCount: number, depth: Uint32Array): string | undefined {
  const { feature, threshold, left, right, missingRight } = nodes;
  const index = feature[node]!;
  const value = threshold[node]!;
  if (depth[node] === 0) return 'it belongs to no tree';
  if (!isIndex(index, -1, featureCount)) return `it reads feature ${index} of ${featureCount}`;
  if (missingRight[node] !== 0 && missingRight[node] !== 1) return 'its missingRight must be 0 or 1';
  if (index === -1) return Math.abs(value) <= modelOutputMax ? undefined : `its output ${value} is out of bounds`;
  // Vectors are float32; a threshold beyond that would never compare as it was trained.
  if (!Number.isFinite(Math.fround(value))) return `its threshold ${value} is not finite as float32`;
  for (const child of [left[node]!, right[node]!]) {
    if (!isIndex(child, node + 1, depth.length)) return `its child ${child} does not stand behind it`;
    if (depth[child] !== 0) return `its child ${child} has another parent or is a root`;
    depth[child] = depth[node]! + 1;
  }
  return undefined;
}

function isIndex(value: number, min: number, end: number): boolean {
  return Number.isInteger(value) && value >= min && value < end;
}
