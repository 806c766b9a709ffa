import { hint } from '../../kernel/didYouMean.ts';
import { dottedPath, firstName } from './celName.ts';
import { checkCall } from './checkCall.ts';
import { type ExpressionProblem, problemAt } from './expressionProblem.ts';
import type { CelExpression, ParsedExpression } from './parseExpression.ts';
import { ruleLimits } from './ruleLimits.ts';
import type { TypedNode } from './typedNode.ts';
import { fieldNames, fields, isField, isKnownAfterAnswer, named } from './vocabulary.ts';

/** Walks the parser's tree once. `undefined` stands for a node whose problem is already reported, so that one mistake gives one message. */
export class Checker {
  readonly problems: ExpressionProblem[] = [];
  readonly #text: string;
  readonly #parsed: ParsedExpression;
  #nodes = 0;
  #tooHigh = false;

  constructor(text: string, parsed: ParsedExpression) {
    this.#text = text;
    this.#parsed = parsed;
  }

  report(at: CelExpression, message: string, reason?: ExpressionProblem['reason']): undefined {
    if (this.problems.length < ruleLimits.problemsMax) {
      this.problems.push(problemAt(this.#text, this.#parsed.offsetOf(at), message, reason));
    }
    return undefined;
  }

  check(node: CelExpression, height: number): TypedNode | undefined {
    if (!this.#mayGoOn(node, height)) return undefined;
    const kind = node.exprKind;
    switch (kind.case) {
      case 'constExpr':
        return this.#literal(node, kind.value.constantKind);
      case 'identExpr':
      case 'selectExpr':
        return this.#name(node, height);
      case 'callExpr':
        return checkCall(this, node, kind.value, height);
      case 'listExpr':
        return this.report(node, 'a list can stand only behind `in`');
      case 'structExpr':
        return this.report(node, 'maps and messages are no part of this language');
      default:
        return this.report(node, 'loops (`all`, `exists`, `map`, `filter`) are no part of this language');
    }
  }

  /** A constant inside a list costs one slot in a set and is not counted as an operation. */
  constant(node: CelExpression): TypedNode | undefined {
    return node.exprKind.case === 'constExpr' ? this.#literal(node, node.exprKind.value.constantKind) : undefined;
  }

  #mayGoOn(node: CelExpression, height: number): boolean {
    this.#nodes++;
    // Reported once, at the node that goes over; the rest of the tree is not walked.
    if (this.#nodes === ruleLimits.nodesMax + 1) {
      this.report(
        node,
        `the expression has more than ${ruleLimits.nodesMax} operations; split it into several rules`,
        'rule-too-costly',
      );
    }
    if (height >= ruleLimits.treeHeightMax && !this.#tooHigh) {
      this.#tooHigh = true;
      this.report(
        node,
        `operations build on one another more than ${ruleLimits.treeHeightMax} deep; split this into several rules`,
        'rule-too-costly',
      );
    }
    return this.#nodes <= ruleLimits.nodesMax && height < ruleLimits.treeHeightMax;
  }

  #literal(node: CelExpression, constant: { readonly case: string | undefined; readonly value?: unknown } | undefined) {
    const value = constant?.value;
    switch (constant?.case) {
      case 'boolValue':
        return { kind: 'literal', type: 'bool', value: value as boolean } as const;
      case 'stringValue':
        return { kind: 'literal', type: 'string', value: value as string } as const;
      case 'doubleValue':
        return Number.isFinite(value)
          ? ({ kind: 'literal', type: 'double', value: value as number } as const)
          : this.report(node, 'this number is too large');
      case 'int64Value': {
        const number = Number(value);
        return Number.isSafeInteger(number)
          ? ({ kind: 'literal', type: 'int', value: number } as const)
          : this.report(node, 'whole numbers go up to 9007199254740991 here');
      }
      case 'uint64Value':
        return this.report(node, 'unsigned numbers are no part of this language; leave the `u` away');
      case 'bytesValue':
        return this.report(node, 'byte strings are no part of this language; leave the `b` away');
      default:
        return this.report(
          node,
          '`null` is no part of this language; what is absent is unknown, and `has()` asks for a header',
        );
    }
  }

  #name(node: CelExpression, height: number): TypedNode | undefined {
    const path = dottedPath(node);
    if (path === undefined) {
      const select = node.exprKind.case === 'selectExpr' ? node.exprKind.value : undefined;
      const operand = select?.operand === undefined ? undefined : this.check(select.operand, height + 1);
      return operand && this.report(node, `${named[operand.type]} has no fields`);
    }
    const header = headerName(path);
    if (node.exprKind.case === 'selectExpr' && node.exprKind.value.testOnly) {
      if (header !== undefined) return { kind: 'has-header', type: 'bool', name: header };
      return this.report(firstName(node), hasMessage(path));
    }
    if (header !== undefined) return { kind: 'header', type: 'string', name: header };
    if (isField(path) && isKnownAfterAnswer(path)) {
      return this.report(firstName(node), `${path} is known only when the request is answered; no rule can ask for it`);
    }
    if (isField(path)) return { kind: 'field', type: fields[path], field: path };
    return this.report(firstName(node), unknownName(path));
  }
}

function headerName(path: string): string | undefined {
  const match = /^request\.headers\.([^.]+)$/.exec(path);
  return match?.[1]?.toLowerCase();
}

function hasMessage(path: string): string {
  if (path.startsWith('bot.')) {
    return `a rule cannot ask whether there is a score: what depends on an absent ${path} is unknown and fires no rule`;
  }
  return isField(path) ? `${path} is always there; has() asks for a header` : unknownName(path);
}

function unknownName(path: string): string {
  if (path === 'request.headers') return 'name one header: request.headers["user-agent"]';
  if (path === 'request' || path === 'bot' || path === 'request.client') {
    return `${path} has fields: ${fieldNames.filter((name) => name.startsWith(`${path}.`)).join(', ')}`;
  }
  return `there is no field ${path.slice(0, 80)}${hint(path, fieldNames)}`;
}
