import { childrenOf, type TypedNode } from './typedNode.ts';
import { isBotField } from './vocabulary.ts';

/** What an expression can come to while there is no verdict, over all requests. */
export interface Outcomes {
  readonly canBeTrue: boolean;
  readonly canBeFalse: boolean;
  /** It can be unknown, and a verdict could make it known. (An absent header alone leaves it unknown with every verdict.) */
  readonly needsVerdict: boolean;
}

/**
 * Abstract evaluation with every `bot.*` field unknown. Over-approximates: says "can" where it does not know. Conditions
 * on the request are taken as free, each on its own.
 */
export function outcomesWhenAbsent(node: TypedNode): Outcomes {
  switch (node.kind) {
    case 'literal':
      return { canBeTrue: node.value === true, canBeFalse: node.value === false, needsVerdict: false };
    case 'not': {
      const operand = outcomesWhenAbsent(node.operand);
      return { canBeTrue: operand.canBeFalse, canBeFalse: operand.canBeTrue, needsVerdict: operand.needsVerdict };
    }
    case 'and': {
      const left = outcomesWhenAbsent(node.left);
      const right = outcomesWhenAbsent(node.right);
      return {
        canBeTrue: left.canBeTrue && right.canBeTrue,
        canBeFalse: left.canBeFalse || right.canBeFalse,
        // A side that is surely false decides the whole without the other.
        needsVerdict:
          !isConstant(left, false) && !isConstant(right, false) && (left.needsVerdict || right.needsVerdict),
      };
    }
    case 'or': {
      const left = outcomesWhenAbsent(node.left);
      const right = outcomesWhenAbsent(node.right);
      return {
        canBeTrue: left.canBeTrue || right.canBeTrue,
        canBeFalse: left.canBeFalse && right.canBeFalse,
        needsVerdict: !isConstant(left, true) && !isConstant(right, true) && (left.needsVerdict || right.needsVerdict),
      };
    }
    case 'choose': {
      const condition = outcomesWhenAbsent(node.condition);
      const yes = outcomesWhenAbsent(node.yes);
      const no = outcomesWhenAbsent(node.no);
      // While the condition wants a verdict, the whole is known only where both branches agree.
      return {
        canBeTrue: both(condition, yes.canBeTrue, no.canBeTrue),
        canBeFalse: both(condition, yes.canBeFalse, no.canBeFalse),
        needsVerdict: condition.needsVerdict || yes.needsVerdict || no.needsVerdict,
      };
    }
    case 'in-list':
      if (!readsBot(node)) return ofTheRequest;
      // `"a" in [bot.source, "a"]` is true whatever the source is, but nothing is surely outside a list not fully known.
      return {
        canBeTrue: !isSurelyUnknown(node),
        canBeFalse: !isSurelyUnknown(node) && !node.items.some(isSurelyUnknown),
        needsVerdict: true,
      };
    default:
      if (!readsBot(node)) return ofTheRequest;
      // A strict operation over something unknown is unknown; over `a ? 1 : 1` it may be anything.
      return { canBeTrue: !isSurelyUnknown(node), canBeFalse: !isSurelyUnknown(node), needsVerdict: true };
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
function isSurelyUnknown(node: TypedNode): boolean {
  switch (node.kind) {
    case 'field':
      return isBotField(node.field);
    case 'and':
    case 'or':
    case 'choose':
      return false;
    case 'in-list':
      return isSurelyUnknown(node.needle);
    default:
      return childrenOf(node).some(isSurelyUnknown);
  }
}

/** Whether a verdict is read anywhere below. */
function readsBot(node: TypedNode): boolean {
  if (node.kind === 'field') return isBotField(node.field);
  return childrenOf(node).some(readsBot);
}
