import { hint } from '../../kernel/didYouMean.ts';
import { dottedPath } from './celName.ts';
import type { Checker } from './checker.ts';
import { checkFunction } from './checkFunction.ts';
import { expectType } from './expectType.ts';
import type { CelCall, CelExpression } from './parseExpression.ts';
import { ruleLimits } from './ruleLimits.ts';
import type { Arithmetic, Comparison, TypedNode } from './typedNode.ts';
import { functionNames, named, type ValueType } from './vocabulary.ts';

/** Checks an operator; everything that is written as a function goes on to `checkFunction`. */
export function checkCall(checker: Checker, node: CelExpression, call: CelCall, height: number): TypedNode | undefined {
  const [first, second, third] = call.args;
  const operator = /^_(.{1,2})_$/.exec(call.function)?.[1];
  if (call.function === '_?_:_' && first && second && third)
    return choose(checker, node, [first, second, third], height);
  if (call.function === '_[_]' && first && second) return index(checker, node, first, second, height);
  if (call.function === '@in' && first && second) return isIn(checker, node, first, second, height);
  if ((call.function === '!_' || call.function === '-_') && first) {
    const type: readonly ValueType[] = call.function === '!_' ? ['bool'] : ['int', 'double'];
    const operand = expectType(checker, first, checker.check(first, height + 1), type, `\`${call.function[0]}\``);
    return operand && { kind: call.function === '!_' ? 'not' : 'negate', type: operand.type, operand };
  }
  if (operator !== undefined && first && second) return infix(checker, node, operator, first, second, height);
  if (/^[a-zA-Z_]/.test(call.function)) return checkFunction(checker, node, call, height);
  return checker.report(node, `there is no operator ${call.function}${hint(call.function, functionNames)}`);
}

function infix(
  checker: Checker,
  node: CelExpression,
  operator: string,
  first: CelExpression,
  second: CelExpression,
  height: number,
): TypedNode | undefined {
  const left = checker.check(first, height + 1);
  const right = checker.check(second, height + 1);
  if (operator === '&&' || operator === '||') {
    const both = [
      expectType(checker, first, left, ['bool'], `\`${operator}\``),
      expectType(checker, second, right, ['bool'], `\`${operator}\``),
    ];
    if (both[0] === undefined || both[1] === undefined) return undefined;
    return { kind: operator === '&&' ? 'and' : 'or', type: 'bool', left: both[0], right: both[1] };
  }
  if (left === undefined || right === undefined) return undefined;
  if (isComparison(operator)) return compare(checker, node, operator, left, right);
  return arithmetic(checker, node, operator as Arithmetic, left, right);
}

function isComparison(operator: string): operator is Comparison {
  return ['==', '!=', '<', '<=', '>', '>='].includes(operator);
}

const isNumber = (node: TypedNode) => node.type === 'int' || node.type === 'double';

function compare(
  checker: Checker,
  node: CelExpression,
  operator: Comparison,
  left: TypedNode,
  right: TypedNode,
): TypedNode | undefined {
  const fits = (isNumber(left) && isNumber(right)) || (left.type === right.type && left.type !== 'strings');
  if (!fits) return checker.report(node, `${named[left.type]} cannot be compared with ${named[right.type]}`);
  if (left.type === 'bool' && operator !== '==' && operator !== '!=') {
    return checker.report(node, `\`${operator}\` compares numbers or texts, not true and false`);
  }
  return { kind: 'compare', type: 'bool', operator, left, right };
}

function arithmetic(
  checker: Checker,
  node: CelExpression,
  operator: Arithmetic,
  left: TypedNode,
  right: TypedNode,
): TypedNode | undefined {
  if (!isNumber(left) || !isNumber(right)) {
    return checker.report(node, `\`${operator}\` needs numbers, not ${named[isNumber(left) ? right.type : left.type]}`);
  }
  if (left.type !== right.type) {
    return checker.report(node, `\`${operator}\` mixes a whole and a decimal number; write 2.0 for 2`);
  }
  if (operator === '%' && left.type === 'double') return checker.report(node, '`%` needs whole numbers');
  return { kind: 'arithmetic', type: left.type, operator, left, right };
}

function choose(
  checker: Checker,
  node: CelExpression,
  parts: readonly [CelExpression, CelExpression, CelExpression],
  height: number,
): TypedNode | undefined {
  const condition = expectType(checker, parts[0], checker.check(parts[0], height + 1), ['bool'], 'the part before `?`');
  const yes = checker.check(parts[1], height + 1);
  const no = checker.check(parts[2], height + 1);
  if (condition === undefined || yes === undefined || no === undefined) return undefined;
  if (yes.type !== no.type) {
    return checker.report(
      node,
      `both sides of \`:\` need one type; these are ${named[yes.type]} and ${named[no.type]}`,
    );
  }
  return { kind: 'choose', type: yes.type, condition, yes, no };
}

/** `request.headers["name"]`: the only thing that has an index. The name is a constant so that it is lower case once. */
function index(
  checker: Checker,
  node: CelExpression,
  subject: CelExpression,
  key: CelExpression,
  height: number,
): TypedNode | undefined {
  if (dottedPath(subject) !== 'request.headers') {
    const checked = checker.check(subject, height + 1);
    return checked && checker.report(node, `only request.headers takes [ ], not ${named[checked.type]}`);
  }
  const name = headerKey(checker, key);
  return name === undefined ? undefined : { kind: 'header', type: 'string', name };
}

function headerKey(checker: Checker, key: CelExpression): string | undefined {
  const literal = checker.constant(key);
  if (literal?.kind !== 'literal' || typeof literal.value !== 'string') {
    return checker.report(key, 'a header\'s name must be written out: request.headers["user-agent"]');
  }
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/.test(literal.value)) {
    return checker.report(key, `${JSON.stringify(literal.value.slice(0, 40))} can be no header's name`);
  }
  return literal.value.toLowerCase();
}

function isIn(
  checker: Checker,
  node: CelExpression,
  first: CelExpression,
  second: CelExpression,
  height: number,
): TypedNode | undefined {
  if (dottedPath(second) === 'request.headers') {
    const name = headerKey(checker, first);
    return name === undefined ? undefined : { kind: 'has-header', type: 'bool', name };
  }
  const needle = checker.check(first, height + 1);
  if (second.exprKind.case === 'listExpr') return inList(checker, node, needle, second.exprKind.value.elements, height);
  const strings = expectType(checker, second, checker.check(second, height + 1), ['strings'], '`in`');
  const text = expectType(checker, first, needle, ['string'], '`in` before a list of texts');
  return strings && text && { kind: 'in-strings', type: 'bool', needle: text, strings };
}

function inList(
  checker: Checker,
  node: CelExpression,
  needle: TypedNode | undefined,
  elements: readonly CelExpression[],
  height: number,
): TypedNode | undefined {
  if (elements.length > ruleLimits.listItemsMax) {
    return checker.report(
      node,
      `the list has ${elements.length} items; at most ${ruleLimits.listItemsMax} are taken`,
      'rule-too-costly',
    );
  }
  const items: TypedNode[] = [];
  let complete = needle !== undefined;
  if (needle?.type === 'strings') return checker.report(node, '`in` looks for one value, not for a list');
  for (const element of elements) {
    const item = element.exprKind.case === 'constExpr' ? checker.constant(element) : checker.check(element, height + 1);
    if (item === undefined) complete = false;
    else if (needle !== undefined && item.type !== needle.type && !(isNumber(item) && isNumber(needle))) {
      checker.report(element, `the list holds ${named[item.type]}, but ${named[needle.type]} is looked for`);
      complete = false;
    } else items.push(item);
  }
  return complete && needle !== undefined ? { kind: 'in-list', type: 'bool', needle, items } : undefined;
}
