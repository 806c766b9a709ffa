import { ruleLimits } from './ruleLimits.ts';
import { childrenOf, type TypedNode } from './typedNode.ts';

/**
 * What is wrong with the sum of all searches in a site's rules, or undefined. Each search is bounded by itself; a visitor
 * who sends the longest text that is looked at pays for all of them at once, so the sum is bounded too.
 */
export function searchCostProblem(trees: readonly (TypedNode | undefined)[]): string | undefined {
  const cost = { patterns: 0, needleChars: 0 };
  for (const tree of trees) if (tree !== undefined) addCost(tree, cost);
  if (cost.patterns > ruleLimits.patternsPerSiteMax) {
    return `the rules have ${cost.patterns} patterns; at most ${ruleLimits.patternsPerSiteMax} are taken (startsWith, endsWith and in do not count)`;
  }
  if (cost.needleChars > ruleLimits.needleCharsPerSiteMax) {
    return `the rules look with contains for ${cost.needleChars} characters in all; at most ${ruleLimits.needleCharsPerSiteMax} are taken (startsWith, endsWith and in do not count)`;
  }
  return undefined;
}

function addCost(node: TypedNode, cost: { patterns: number; needleChars: number }): void {
  if (node.kind === 'matches') cost.patterns++;
  if (node.kind === 'string-test' && node.test === 'contains') {
    const needle = node.argument.kind === 'literal' ? String(node.argument.value).length : ruleLimits.needleCharsMax;
    cost.needleChars += needle;
  }
  for (const child of childrenOf(node)) addCost(child, cost);
}
