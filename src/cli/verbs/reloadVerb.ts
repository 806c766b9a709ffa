import { dataFlag, exits, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast reload`: arguments, options, help, and what runs it. */
export const reloadVerb: Verb = {
  name: 'reload',
  summary: 'make the running edge read its configuration file again',
  forms: [{ words: '' }],
  says: 'Makes the running edge read its configuration file again; with problems the running configuration stays.',
  flags: dataFlag,
  prints: '`done`',
  exits: exits(1, 69),
  run: async (asked, io) => (await import('../reload.ts')).reload(asked, io),
};
