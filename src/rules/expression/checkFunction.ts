import { readNetwork } from '../../address/index.ts';
import { hint } from '../../kernel/didYouMean.ts';
import { dottedPath } from './celName.ts';
import type { Checker } from './checker.ts';
import { expectType } from './expectType.ts';
import type { CelCall, CelExpression } from './parseExpression.ts';
import { compilePattern } from './pattern.ts';
import { ruleLimits } from './ruleLimits.ts';
import type { TypedNode } from './typedNode.ts';
import { functionNames } from './vocabulary.ts';

/** Checks `subject.f(argument)` and the two functions that may also stand in front: `size(x)` and `matches(x, "p")`. */
export function checkFunction(
  checker: Checker,
  node: CelExpression,
  call: CelCall,
  height: number,
): TypedNode | undefined {
  const name = call.function;
  const parts = call.target === undefined ? call.args : [call.target, ...call.args];
  if (name === 'has')
    return checker.report(
      node,
      'has() takes request.headers.NAME; for a name with a dash write "user-agent" in request.headers',
    );
  if (!(functionNames as readonly string[]).includes(name)) {
    return checker.report(node, `there is no function ${name.slice(0, 80)}${hint(name, functionNames)}`);
  }
  if (call.target === undefined && name !== 'size' && name !== 'matches') {
    return checker.report(node, `${name} stands behind what it looks at: request.path.${name}(...)`);
  }
  const argumentsWanted = name === 'size' || name === 'lowerAscii' || name === 'upperAscii' ? 0 : 1;
  if (parts.length !== argumentsWanted + 1) {
    return checker.report(
      node,
      `${name} takes ${argumentsWanted === 0 ? 'nothing' : 'one argument'}, not ${parts.length - 1}`,
    );
  }
  const [subjectNode, argumentNode] = parts as [CelExpression, CelExpression];
  if (name === 'inNetwork') return inNetwork(checker, subjectNode, argumentNode, height);
  const subject = expectType(
    checker,
    subjectNode,
    checker.check(subjectNode, height + 1),
    name === 'size' ? ['string', 'strings'] : ['string'],
    name,
  );
  switch (name) {
    case 'size':
      return subject && { kind: 'size', type: 'int', operand: subject };
    case 'lowerAscii':
    case 'upperAscii':
      return subject && { kind: name, type: 'string', operand: subject };
    case 'matches':
      return matches(checker, subject, argumentNode);
    default:
      return stringTest(checker, name as 'startsWith', subject, argumentNode, height);
  }
}

function matches(checker: Checker, subject: TypedNode | undefined, argumentNode: CelExpression): TypedNode | undefined {
  const literal = checker.constant(argumentNode);
  if (literal?.kind !== 'literal' || typeof literal.value !== 'string') {
    return checker.report(argumentNode, 'a pattern must be written out as a text, so that it is compiled once');
  }
  const pattern = compilePattern(literal.value);
  if (!pattern.ok) return checker.report(argumentNode, pattern.error.message, pattern.error.reason);
  return subject && { kind: 'matches', type: 'bool', subject, pattern: pattern.value };
}

function stringTest(
  checker: Checker,
  test: 'startsWith' | 'endsWith' | 'contains',
  subject: TypedNode | undefined,
  argumentNode: CelExpression,
  height: number,
): TypedNode | undefined {
  const argument = expectType(checker, argumentNode, checker.check(argumentNode, height + 1), ['string'], test);
  if (
    argument?.kind === 'literal' &&
    (argument.value as string).length > ruleLimits.needleCharsMax &&
    test === 'contains'
  ) {
    return checker.report(
      argumentNode,
      `contains looks for at most ${ruleLimits.needleCharsMax} characters`,
      'rule-too-costly',
    );
  }
  return subject && argument && { kind: 'string-test', type: 'bool', test, subject, argument };
}

/** Written as `request.client.inNetwork("10.0.0.0/8")`; an address in a header is looked at with `.inNetwork` too. */
function inNetwork(
  checker: Checker,
  subjectNode: CelExpression,
  argumentNode: CelExpression,
  height: number,
): TypedNode | undefined {
  const subject: TypedNode | undefined =
    dottedPath(subjectNode) === 'request.client'
      ? { kind: 'field', type: 'string', field: 'request.client.address' }
      : expectType(checker, subjectNode, checker.check(subjectNode, height + 1), ['string'], 'inNetwork');
  const literal = checker.constant(argumentNode);
  const network =
    literal?.kind === 'literal' && typeof literal.value === 'string' ? readNetwork(literal.value) : undefined;
  if (network === undefined)
    return checker.report(argumentNode, 'inNetwork takes a network written out, like "10.0.0.0/8" or "2001:db8::/32"');
  return subject && { kind: 'in-network', type: 'bool', subject, network };
}
