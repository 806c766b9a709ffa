import type { ResponseHead } from '../exchange/bodies.ts';
import { AnswerChain, type ChainOwner } from './answerChain.ts';
import { type BodyTransform, isBodyTransform } from './bodyTransform.ts';
import { type Guard, NoAnswer, type OnPath } from './guard.ts';
import { isPart, mendHead } from './mendHead.ts';
import type { PipelineRequest, Steps } from './module.ts';
import { placeOf, type SitePath } from './sitePath.ts';
import { isResponseHead } from './step.ts';

/** An answer as the visitor gets it. */
export interface ShapedAnswer {
  readonly head: ResponseHead;
  /** undefined: the body goes out as it comes. */
  readonly chain: AnswerChain | undefined;
}

/** A module that may not be left out failed before anything was sent. */
export const closedAnswer = Symbol('closed');

/**
 * Lets the modules of a site see an answer, head and body, the last one on the path first. `before`: only those that stand
 * before this place, where a module on the path gave the answer.
 */
export function shapeAnswer(
  guard: Guard,
  path: SitePath,
  request: PipelineRequest,
  owner: ChainOwner,
  head: ResponseHead,
  before = Number.POSITIVE_INFINITY,
): ShapedAnswer | typeof closedAnswer {
  let shaped = head;
  const transforms: { on: OnPath; transform: BodyTransform }[] = [];
  for (const on of path.answer) {
    if (placeOf(on.module) >= before) continue;
    const next = askFor(guard, on, request, on.steps.answerHead, shaped, isResponseHead);
    const edited = next instanceof NoAnswer ? shaped : (next ?? shaped);
    const transform =
      next instanceof NoAnswer ? next : askFor(guard, on, request, on.steps.answerBody, edited, isBodyTransform);
    // Head and body of one module are one thing: it has said both or neither.
    if (next instanceof NoAnswer || transform instanceof NoAnswer) {
      if (on.failure.before !== 'closed') continue;
      stopAll(guard, transforms);
      return closedAnswer;
    }
    if (transform === undefined) {
      shaped = edited;
    } else if (transform.changes !== 'nothing' && isPart(shaped)) {
      stopAll(guard, [{ on, transform }]);
    } else {
      shaped = mendHead(edited, transform.changes);
      transforms.push({ on, transform });
    }
  }
  return { head: shaped, chain: transforms.length === 0 ? undefined : new AnswerChain(guard, owner, transforms) };
}

function stopAll(guard: Guard, transforms: readonly { on: OnPath; transform: BodyTransform }[]): void {
  for (const { on, transform } of transforms) guard.attempt(on, 'stop', () => transform.stop());
}

function askFor<Answer>(
  guard: Guard,
  on: OnPath & { readonly steps: Steps },
  request: PipelineRequest,
  step: ((this: Steps, request: PipelineRequest, head: ResponseHead) => Answer | undefined) | undefined,
  head: ResponseHead,
  isSound: (answer: unknown) => boolean,
): Answer | undefined | NoAnswer {
  return step === undefined ? undefined : guard.call(on, on.steps, step, request, head, isSound);
}
