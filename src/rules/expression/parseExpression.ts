import { parse } from '@bufbuild/cel';
import { limits } from '../../contract/limits.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { type ExpressionProblem, problemAt } from './expressionProblem.ts';
import { findNesting } from './nesting.ts';

/** CEL's own tree (cel.expr.Expr), as the library's parser makes it. Only this file and the checker know its shape. */
export type CelExpression = ReturnType<typeof parse>['expr'];

/** A call in CEL's tree: operators are calls of functions with names like `_&&_`. */
export interface CelCall {
  readonly target?: CelExpression | undefined;
  readonly function: string;
  readonly args: readonly CelExpression[];
}

export interface ParsedExpression {
  readonly root: CelExpression;
  /** Offset into the text at which a node's own token stands. */
  offsetOf(node: CelExpression): number;
}

/** Parses CEL. The library gives one syntax error at a time; everything after parsing is reported together. */
export function parseExpression(text: string): Result<ParsedExpression, ExpressionProblem> {
  if (text.length > limits.expressionCharsMax) {
    const message = `the expression has ${text.length} characters; at most ${limits.expressionCharsMax} are taken`;
    return err(problemAt(text, 0, message, 'rule-too-costly'));
  }
  if (text.trim() === '')
    return err(problemAt(text, 0, 'the expression is empty; write `true` to match every request'));
  const nesting = findNesting(text);
  if (nesting !== undefined) return err(nesting);
  try {
    // The library takes a comment only where a line ends.
    const parsed = parse(`${text}\n`);
    const positions = parsed.sourceInfo?.positions ?? {};
    return ok({ root: parsed.expr, offsetOf: (node) => positions[String(node.id)] ?? 0 });
  } catch (cause) {
    return err(syntaxProblem(text, cause));
  }
}

function syntaxProblem(text: string, cause: unknown): ExpressionProblem {
  if (cause instanceof RangeError) {
    return problemAt(text, 0, 'the expression is nested too deeply; split it into several rules', 'rule-too-costly');
  }
  const { rawMessage, location } = (cause ?? {}) as {
    rawMessage?: unknown;
    location?: { start?: { offset?: unknown } };
  };
  const offset = typeof location?.start?.offset === 'number' ? location.start.offset : 0;
  const message = typeof rawMessage === 'string' ? rawMessage : cause instanceof Error ? cause.message : String(cause);
  return problemAt(text, offset, `this is no expression: ${shorten(message)}`);
}

/** The parser lists every token it could have taken, up to 20 of them; the first words are what a person can use. */
function shorten(message: string): string {
  const end = message.indexOf(' but expecting ');
  const expected = end < 0 ? '' : message.slice(end + 15);
  return expected.length > 60 ? message.slice(0, end) : message;
}
