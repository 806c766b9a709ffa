export {
  type AbsentBlocker,
  absenceMessage,
  type CheckedRule,
  findAbsentBlockers,
  findBlocksWhenAbsent,
} from './absence.ts';
export { checkExpression } from './checkExpression.ts';
export { type CompiledRules, compileRules, type RuleOutcome } from './compileRules.ts';
export type { ExpressionProblem } from './expressionProblem.ts';
export { type Network, networkHolds, parseAddress, parseNetwork } from './network.ts';
export { ruleLimits } from './ruleLimits.ts';
export { searchCostProblem } from './searchCost.ts';
export { fieldNames, functionNames } from './vocabulary.ts';
