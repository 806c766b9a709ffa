import { printable } from '../../kernel/printable.ts';

/** What is wrong with an expression and where. Positions count from 1, columns in UTF-16 units, inside the expression. */
export interface ExpressionProblem {
  readonly reason: 'rule-invalid' | 'rule-too-costly';
  /** Offset into the expression, from 0. */
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  /** A sentence without its position. */
  readonly message: string;
}

/** Turns an offset into the expression's text into line and column. */
export function problemAt(
  text: string,
  offset: number,
  message: string,
  reason: ExpressionProblem['reason'] = 'rule-invalid',
): ExpressionProblem {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let index = before.indexOf('\n'); index >= 0; index = before.indexOf('\n', index + 1)) line++;
  return { reason, offset: before.length, line, column: before.length - lineStart + 1, message: printable(message) };
}
