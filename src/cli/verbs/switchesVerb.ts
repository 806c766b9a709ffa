import { controlFlags, exits, jsonFlag, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast switches`: arguments, options, help, and what runs it. */
export const switchesVerb: Verb = {
  name: 'switches',
  summary: 'list what is switched off',
  forms: [{ words: '' }],
  says: 'Lists what is switched off: everywhere, and on single edges.',
  flags: {
    local: { says: "only what is off on this machine's edge alone; works with control dead" },
    ...jsonFlag,
    ...controlFlags,
  },
  prints: 'a line for each switch that is off',
  exits: exits(1, 69),
  run: async (asked, io) => (await import('../kill.ts')).switches(asked, io),
};
