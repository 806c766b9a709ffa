import { exits, type Verb } from '../../cli/terminal/verb.ts';
import { upFlags } from '../../cli/upOptions.ts';

/** The row of `holdfast up`: arguments, options, help, and what runs it. */
export const upVerb: Verb = {
  name: 'up',
  summary: 'start edge, control and factory on this machine (and a demo site)',
  forms: [{ words: '' }],
  says: 'Starts an edge, control and the factory on this machine, and a demo site when no origin is given. Ctrl-C ends all of it.',
  flags: upFlags,
  prints: 'where everything is, and three things to try; afterwards what wants attention, on standard error',
  exits: { ...exits(1), 0: 'it was told to end', 1: 'it could not start, and says why' },
  serves: true,
  run: async (asked, io) => (await import('./upCommand.ts')).upCommand(asked, io),
};
