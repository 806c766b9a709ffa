import { err, ok, type Result } from '../../kernel/result.ts';
import { Checker } from './checker.ts';
import type { ExpressionProblem } from './expressionProblem.ts';
import { parseExpression } from './parseExpression.ts';
import type { TypedNode } from './typedNode.ts';
import { named } from './vocabulary.ts';

/**
 * Parses and checks one `when`: every name known, every type fitting, every pattern linear, the whole within its cost.
 * Gives all problems, or a tree that `compileExpression` can evaluate without ever meeting a wrong type.
 */
export function checkExpression(text: string): Result<TypedNode, ExpressionProblem[]> {
  const parsed = parseExpression(text);
  if (!parsed.ok) return err([parsed.error]);
  const checker = new Checker(text, parsed.value);
  const root = checker.check(parsed.value.root, 0);
  if (root !== undefined && root.type !== 'bool') {
    checker.report(parsed.value.root, `the expression is ${named[root.type]}; a rule needs true or false`);
  }
  if (root === undefined || checker.problems.length > 0) return err(checker.problems);
  return ok(root);
}
