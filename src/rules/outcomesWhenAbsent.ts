import { childrenOf, type TypedNode } from './expression/typedNode.ts';
import { type FieldName, isBotField } from './expression/vocabulary.ts';

/** What an expression can come to while there is no verdict, over all requests. */
export interface Outcomes {
  readonly canBeTrue: boolean;
  readonly canBeFalse: boolean;
  /** It can be unknown, and a verdict could make it known. (An absent header alone leaves it unknown with every verdict.) */
  readonly needsVerdict: boolean;
}

/** Which fields are unknown. */
export type IsAbsent = (name: FieldName) => boolean;

/**
 * Abstract evaluation with every `bot.*` field unknown, or those that `isAbsent` names. Over-approximates: says "can" where
 * it does not know. Conditions on the request are taken as free, each on its own.
 */
export function outcomesWhenAbsent(node: TypedNode, isAbsent: IsAbsent = isBotField): Outcomes {
  switch (node.kind) {
    case 'literal':
      return { canBeTrue: node.value === true, canBeFalse: node.value === false, needsVerdict: false };
    case 'not': {
      const operand = outcomesWhenAbsent(node.operand, isAbsent);
      return { canBeTrue: operand.canBeFalse, canBeFalse: operand.canBeTrue, needsVerdict: operand.needsVerdict };
    }
    case 'and': {
      const left = outcomesWhenAbsent(node.left, isAbsent);
      const right = outcomesWhenAbsent(node.right, isAbsent);
      return {
        canBeTrue: left.canBeTrue && right.canBeTrue,
        canBeFalse: left.canBeFalse || right.canBeFalse,
        // A side that is surely false decides the whole without the other.
        needsVerdict:
          !isConstant(left, false) && !isConstant(right, false) && (left.needsVerdict || right.needsVerdict),
      };
    }
    case 'or': {
      const left = outcomesWhenAbsent(node.left, isAbsent);
      const right = outcomesWhenAbsent(node.right, isAbsent);
      return {
        canBeTrue: left.canBeTrue || right.canBeTrue,
        canBeFalse: left.canBeFalse && right.canBeFalse,
        needsVerdict: !isConstant(left, true) && !isConstant(right, true) && (left.needsVerdict || right.needsVerdict),
      };
    }
    case 'choose': {
      const condition = outcomesWhenAbsent(node.condition, isAbsent);
      const yes = outcomesWhenAbsent(node.yes, isAbsent);
      const no = outcomesWhenAbsent(node.no, isAbsent);
      // While the condition wants a verdict, the whole is known only where both branches agree.
      return {
        canBeTrue: both(condition, yes.canBeTrue, no.canBeTrue),
        canBeFalse: both(condition, yes.canBeFalse, no.canBeFalse),
        needsVerdict: condition.needsVerdict || yes.needsVerdict || no.needsVerdict,
      };
    }
    case 'in-list':
      if (!reads(node, isAbsent)) return ofTheRequest;
      // `"a" in [bot.source, "a"]` is true whatever the source is, but nothing is surely outside a list not fully known.
      return {
        canBeTrue: !isSurelyUnknown(node, isAbsent),
        canBeFalse: !isSurelyUnknown(node, isAbsent) && !node.items.some((item) => isSurelyUnknown(item, isAbsent)),
        needsVerdict: true,
      };
    default:
      if (!reads(node, isAbsent)) return ofTheRequest;
      // A strict operation over something unknown is unknown; over `a ? 1 : 1` it may be anything.
      return {
        canBeTrue: !isSurelyUnknown(node, isAbsent),
        canBeFalse: !isSurelyUnknown(node, isAbsent),
        needsVerdict: true,
      };
  }
}

const ofTheRequest: Outcomes = { canBeTrue: true, canBeFalse: true, needsVerdict: false };

/** Surely `value`: by induction, what needs no verdict and cannot be the opposite is never unknown either. */
function isConstant(outcomes: Outcomes, value: boolean): boolean {
  return !outcomes.needsVerdict && !(value ? outcomes.canBeFalse : outcomes.canBeTrue);
}

function both(condition: Outcomes, yes: boolean, no: boolean): boolean {
  return (condition.canBeTrue && yes) || (condition.canBeFalse && no) || (yes && no);
}

/** Whether this is unknown for every request while there is no verdict. May say no where it does not know. */
function isSurelyUnknown(node: TypedNode, isAbsent: IsAbsent): boolean {
  switch (node.kind) {
    case 'field':
      return isAbsent(node.field);
    case 'and':
    case 'or':
    case 'choose':
      return false;
    case 'in-list':
      return isSurelyUnknown(node.needle, isAbsent);
    default:
      return childrenOf(node).some((child) => isSurelyUnknown(child, isAbsent));
  }
}

/** Whether something absent is read anywhere below. */
export function reads(node: TypedNode, isAbsent: IsAbsent): boolean {
  if (node.kind === 'field') return isAbsent(node.field);
  return childrenOf(node).some((child) => reads(child, isAbsent));
}
