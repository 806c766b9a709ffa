export {
  type AbsentBlocker,
  absenceMessage,
  type CheckedRule,
  findAbsentBlockers,
  findBlocksWhenAbsent,
} from './absence.ts';
export type { FieldReader } from './compileExpression.ts';
export { type CompiledRules, compileRules, type HandedRule, type RuleOutcome } from './compileRules.ts';
export { checkExpression } from './expression/checkExpression.ts';
export type { ExpressionProblem } from './expression/expressionProblem.ts';
export { ruleLimits } from './expression/ruleLimits.ts';
export { searchCostProblem } from './expression/searchCost.ts';
export { fieldNames, functionNames } from './expression/vocabulary.ts';
