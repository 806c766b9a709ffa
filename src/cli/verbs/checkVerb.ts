import { exits, jsonFlag, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast check`: arguments, options, help, and what runs it. */
export const checkVerb: Verb = {
  name: 'check',
  summary: 'list every problem of a configuration file',
  forms: [{ words: 'FILE' }],
  says: 'Lists every problem of a configuration file with line and column. It changes and starts nothing.',
  flags: jsonFlag,
  prints: 'each problem with its line and a caret below the place, or how many sites and rules there are',
  exits: { ...exits(1), 0: 'no problems', 1: 'problems' },
  run: async (asked, io) => (await import('../check.ts')).check(asked, io),
};
