import { addressWords, networkHolds, readAddress } from '../address/index.ts';
import type { RequestHead } from '../http/requestHead.ts';
import { unreachable } from '../kernel/assert.ts';
import type { ListedAddress } from '../lists/index.ts';
import type { Pattern } from './expression/pattern.ts';
import { ruleLimits } from './expression/ruleLimits.ts';
import type { Arithmetic, Comparison, TypedNode } from './expression/typedNode.ts';
import type { FieldName } from './expression/vocabulary.ts';

/** Unknown is `undefined`: what an absent score or header gives, and what everything that depends on it is. */
export type Value = boolean | number | string | readonly string[] | undefined;

/** What one evaluation reads. One object is reused for every request of a site, so that a decision allocates nothing. */
export interface EvaluationInput {
  head: RequestHead;
  score: number | undefined;
  source: string | undefined;
  verified: boolean | undefined;
  /** Empty where `verified` is false, unknown where it is. */
  operator: string | undefined;
  category: string | undefined;
  heuristics: readonly string[] | undefined;
  address: ListedAddress;
  /** What modules say under the names that they declare; undefined: nobody is asked. */
  read?: FieldReader | undefined;
}

/** Of the request that is being decided. Must not throw; undefined: unknown. */
export type FieldReader = (name: FieldName) => Value;

/** Shared: an address is looked at as soon as it is read. */
const asked = addressWords();

/** Never throws. */
export type Evaluate = (input: EvaluationInput) => Value;

/**
 * Turns a checked tree into closures. Types were settled by the checker, so no closure looks at a type again; every
 * one of them is *strict* (unknown in, unknown out) but `&&`, `||`, `?:` and `in`, which follow Kleene: an unknown part
 * leaves the whole unknown unless the other parts decide it whatever the unknown one were.
 */
export function compileExpression(node: TypedNode): Evaluate {
  switch (node.kind) {
    case 'literal': {
      const value = node.value;
      return () => value;
    }
    case 'field':
      return readerOf(node.field);
    case 'header': {
      const name = node.name;
      return (input) => input.head.headers[name];
    }
    case 'has-header': {
      const name = node.name;
      return (input) => input.head.headers[name] !== undefined;
    }
    case 'and':
      return and(compileExpression(node.left), compileExpression(node.right));
    case 'or':
      return or(compileExpression(node.left), compileExpression(node.right));
    case 'choose':
      return choose(compileExpression(node.condition), compileExpression(node.yes), compileExpression(node.no));
    case 'compare':
      return compileCompare(node.operator, node.left, node.right);
    case 'arithmetic':
      return arithmetic(
        node.operator,
        node.type === 'int',
        compileExpression(node.left),
        compileExpression(node.right),
      );
    case 'in-list':
      return inList(compileExpression(node.needle), node.items);
    case 'in-strings':
      if (node.strings.kind === 'field' && node.strings.field === 'ip.lists' && node.needle.kind === 'literal')
        return isListed(node.needle.value as string);
      return strict2(compileExpression(node.strings), compileExpression(node.needle), (strings, needle) =>
        (strings as readonly string[]).includes(needle as string),
      );
    case 'in-network': {
      const network = node.network;
      return strict(compileExpression(node.subject), (text) =>
        readAddress(text as string, asked) === 0 ? undefined : networkHolds(network, asked),
      );
    }
    case 'matches': {
      const pattern = node.pattern;
      return strict(compileExpression(node.subject), (text) => search(pattern, text as string));
    }
    case 'string-test':
      return strict2(compileExpression(node.subject), compileExpression(node.argument), stringTests[node.test]);
    case 'not':
      return strict(compileExpression(node.operand), (value) => !value);
    case 'negate':
      return strict(compileExpression(node.operand), (value) => -(value as number));
    case 'size':
      return strict(compileExpression(node.operand), (value) => (value as string | readonly string[]).length);
    case 'lowerAscii':
      return strict(compileExpression(node.operand), (value) =>
        (value as string).replace(/[A-Z]+/g, (upper) => upper.toLowerCase()),
      );
    case 'upperAscii':
      return strict(compileExpression(node.operand), (value) =>
        (value as string).replace(/[a-z]+/g, (lower) => lower.toUpperCase()),
      );
    default:
      return unreachable(node);
  }
}

/** The engine is not ours; should it throw on some text, that text is undecided and the site's other rules go on. */
function search(pattern: Pattern, text: string): boolean | undefined {
  if (text.length > ruleLimits.searchedCharsMax) return undefined;
  try {
    return pattern.test(text);
  } catch {
    return undefined;
  }
}

function readerOf(field: FieldName): Evaluate {
  return ownFields[field] ?? ((input) => input.read?.(field));
}

const ownFields: Readonly<Partial<Record<FieldName, Evaluate>>> = {
  'request.method': (input) => input.head.method,
  'request.path': (input) => input.head.path,
  'request.query': (input) => input.head.query,
  'request.host': (input) => input.head.host,
  'request.target': (input) => input.head.target,
  'request.version': (input) => input.head.version,
  'request.scheme': (input) => input.head.scheme,
  'request.client.address': (input) => input.head.clientAddress,
  'bot.score': (input) => input.score,
  'bot.source': (input) => input.source,
  'bot.verified': (input) => input.verified,
  'bot.operator': (input) => input.operator,
  'bot.category': (input) => input.category,
  'bot.heuristics': (input) => input.heuristics,
  'ip.country': (input) => input.address.country,
  'ip.asn': (input) => input.address.asn,
  'ip.crawler': (input) => input.address.isIn('crawler'),
  'ip.hosting': (input) => input.address.isIn('hosting'),
  'ip.vpn': (input) => input.address.isIn('vpn'),
  'ip.lists': (input) => input.address.lists,
};

/** Unknown where no list has that name: `!("office" in ip.lists)` must not hold for everybody once that list is gone. */
function isListed(name: string): Evaluate {
  return (input) => input.address.isIn(name);
}

function strict(operand: Evaluate, apply: (value: NonNullable<Value>) => Value): Evaluate {
  return (input) => {
    const value = operand(input);
    return value === undefined ? undefined : apply(value);
  };
}

function strict2(
  left: Evaluate,
  right: Evaluate,
  apply: (left: NonNullable<Value>, right: NonNullable<Value>) => Value,
): Evaluate {
  return (input) => {
    const leftValue = left(input);
    const rightValue = right(input);
    return leftValue === undefined || rightValue === undefined ? undefined : apply(leftValue, rightValue);
  };
}

function and(left: Evaluate, right: Evaluate): Evaluate {
  return (input) => {
    const leftValue = left(input);
    if (leftValue === false) return false;
    const rightValue = right(input);
    if (rightValue === false) return false;
    return leftValue === undefined || rightValue === undefined ? undefined : true;
  };
}

function or(left: Evaluate, right: Evaluate): Evaluate {
  return (input) => {
    const leftValue = left(input);
    if (leftValue === true) return true;
    const rightValue = right(input);
    if (rightValue === true) return true;
    return leftValue === undefined || rightValue === undefined ? undefined : false;
  };
}

/** An unknown condition still gives a value where both branches agree on it: it does not matter which one it was. */
function choose(condition: Evaluate, yes: Evaluate, no: Evaluate): Evaluate {
  return (input) => {
    const conditionValue = condition(input);
    if (conditionValue !== undefined) return conditionValue ? yes(input) : no(input);
    const yesValue = yes(input);
    return yesValue === no(input) ? yesValue : undefined;
  };
}

function compileCompare(operator: Comparison, leftNode: TypedNode, rightNode: TypedNode): Evaluate {
  const left = compileExpression(leftNode);
  // `field < constant` is nearly every comparison there is; without the call for the constant it costs half.
  if (rightNode.kind === 'literal') return compareWith(operator, left, rightNode.value);
  return strict2(left, compileExpression(rightNode), comparisons[operator]);
}

const comparisons: Readonly<Record<Comparison, (left: NonNullable<Value>, right: NonNullable<Value>) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

function compareWith(operator: Comparison, left: Evaluate, constant: boolean | number | string): Evaluate {
  switch (operator) {
    case '==':
      return strict(left, (value) => value === constant);
    case '!=':
      return strict(left, (value) => value !== constant);
    case '<':
      return strict(left, (value) => value < constant);
    case '<=':
      return strict(left, (value) => value <= constant);
    case '>':
      return strict(left, (value) => value > constant);
    case '>=':
      return strict(left, (value) => value >= constant);
    default:
      return unreachable(operator);
  }
}

/** CEL's numbers: whole ones divide to whole ones, and what leaves the safe range is an error there and unknown here. */
function arithmetic(operator: Arithmetic, isInt: boolean, left: Evaluate, right: Evaluate): Evaluate {
  const calculate: Readonly<Record<Arithmetic, (left: number, right: number) => number>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': isInt ? (a, b) => Math.trunc(a / b) : (a, b) => a / b,
    '%': (a, b) => a % b,
  };
  const apply = calculate[operator];
  const isValid = isInt ? Number.isSafeInteger : Number.isFinite;
  return strict2(left, right, (a, b) => {
    const result = apply(a as number, b as number);
    return isValid(result) ? result : undefined;
  });
}

const stringTests = {
  startsWith: (subject: NonNullable<Value>, argument: NonNullable<Value>) =>
    (subject as string).startsWith(argument as string),
  endsWith: (subject: NonNullable<Value>, argument: NonNullable<Value>) =>
    (subject as string).endsWith(argument as string),
  contains: (subject: NonNullable<Value>, argument: NonNullable<Value>) => {
    const text = subject as string;
    const needle = argument as string;
    if (text.length > ruleLimits.searchedCharsMax || needle.length > ruleLimits.needleCharsMax) return undefined;
    return text.includes(needle);
  },
} as const;

/** A few texts are compared one by one: a set needs the hash of each text that is looked for, and most are new. */
const comparedMax = 8;

/** True when any item is equal; else unknown when any was unknown; else false. */
function inList(needle: Evaluate, items: readonly TypedNode[]): Evaluate {
  const literals = items.flatMap((item) => (item.kind === 'literal' ? [item.value] : []));
  const constants = literals.length > comparedMax ? new Set(literals) : undefined;
  const others = items.filter((item) => item.kind !== 'literal').map(compileExpression);
  return (input) => {
    const value = needle(input);
    if (value === undefined) return undefined;
    if (constants === undefined ? literals.includes(value as string) : constants.has(value as string)) return true;
    let result: boolean | undefined = false;
    for (const other of others) {
      const item = other(input);
      if (item === value) return true;
      if (item === undefined) result = undefined;
    }
    return result;
  };
}
