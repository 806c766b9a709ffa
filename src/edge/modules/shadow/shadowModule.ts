import { scoreOf } from '../../../bots/index.ts';
import { shadowDeclaration } from '../../../modules/shadow/shadowDeclaration.ts';
import type { Module, SetOnPath, Steps } from '../../pipeline/module.ts';
import { read, write } from '../../pipeline/slot.ts';
import { botsSlot } from '../bots/botsSlot.ts';
import { shadowSlot } from './shadowSlot.ts';

/**
 * What the shadow model would have scored: told beside the score and never in its place. It reads the verdict's vector, of
 * the same features, so it costs the walk of one more forest, when everything else is over and nothing can act on it. Fails
 * open: nothing is told. Its failures are its own, and take no bundle back.
 */
export class ShadowModule implements Module {
  readonly declaration = shadowDeclaration;
  readonly slot = shadowSlot;

  compile({ shadow }: SetOnPath): Steps | undefined {
    if (shadow === undefined) return undefined;
    return {
      record: (request) => {
        const { verdict } = read(request, botsSlot);
        if (verdict.kind === 'scored') write(request, shadowSlot, scoreOf(shadow.probability(verdict.vector)));
      },
    };
  }
}
