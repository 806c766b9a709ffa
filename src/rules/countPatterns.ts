import { ruleLimits } from './ruleLimits.ts';
import { childrenOf, type TypedNode } from './typedNode.ts';

/** Patterns in an expression; each may be matched once per request, so the sum over a site is bounded. */
export function countPatterns(node: TypedNode): number {
  return childrenOf(node).reduce((sum, child) => sum + countPatterns(child), node.kind === 'matches' ? 1 : 0);
}

export function tooManyPatternsMessage(patterns: number): string {
  return `the rules have ${patterns} patterns; at most ${ruleLimits.patternsPerSiteMax} are taken (startsWith, endsWith, contains and in do not count)`;
}
