import { type Model, scoreOf } from '../../../bots/index.ts';
import type { BotVerdict } from '../../../contract/botVerdict.ts';
import type { Module } from '../../pipeline/module.ts';

export interface ShadowInput {
  readonly set: { readonly shadow: Model | undefined };
  readonly verdict: BotVerdict;
}

/**
 * What the shadow model would have scored: told beside the score and never in its place. It reads the verdict's vector, of
 * the same features, so it costs the walk of one more forest. Fails open: nothing is told. Its failures are its own, and
 * take no bundle back.
 */
export const shadowModule: Module<ShadowInput, number | null> = {
  name: 'shadow',
  onFailure: 'open',
  isBystander: true,
  neutral: () => null,
  run: ({ set, verdict }) =>
    set.shadow === undefined || verdict.kind !== 'scored' ? null : scoreOf(set.shadow.probability(verdict.vector)),
};
