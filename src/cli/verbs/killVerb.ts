// Not through the folder's door: that would load all validators for a sentence of help.
import { switchNamesHelp } from '../../bundles/names.ts';
import { controlFlags, exits, type Verb } from '../terminal/verb.ts';

export const killVerb: Verb = {
  ...switchVerb('kill'),
  summary: 'switch a module, a rule or an action off (--local: on this edge, without control)',
};
export const unkillVerb: Verb = { ...switchVerb('unkill'), summary: 'switch it on again' };

function switchVerb(name: 'kill' | 'unkill'): Omit<Verb, 'summary'> {
  return {
    name,
    forms: [{ words: 'NAME', shown: '[--local] [options]' }],
    says: `NAME is one of ${switchNamesHelp}.`,
    flags: {
      local: { says: "on this machine's edge alone, straight at its agent: works with control dead" },
      ...controlFlags,
    },
    prints: 'what is off or on now, and where',
    exits: exits(1, 69),
    run: async (asked, io) => (await import('../kill.ts')).setSwitch(name, asked, io),
  };
}
