import { freezableKinds } from '../../contract/bundleKind.ts';
import { controlFlags, exits, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast freeze`: arguments, options, help, and what runs it. */
export const freezeVerb: Verb = {
  ...freezeOrNot('freeze'),
  summary: 'stop making and spreading of bundles at once',
};
export const unfreezeVerb: Verb = { ...freezeOrNot('unfreeze'), summary: 'end a freeze' };

function freezeOrNot(name: 'freeze' | 'unfreeze'): Omit<Verb, 'summary'> {
  return {
    name,
    forms: [{ words: '[KIND]' }],
    says: `Without a kind: ${freezableKinds.join(', ')}. A roll back and the switches work while frozen.`,
    flags: controlFlags,
    prints: 'a line for each kind',
    exits: exits(1, 69),
    run: async (asked, io) => (await import('../features.ts')).freezeVerb(name, asked, io),
  };
}
