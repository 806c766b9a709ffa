import { dataFlag, exits, jsonFlag, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast edge status`: arguments, options, help, and what runs it. */
export const edgeStatusVerb: Verb = {
  name: 'edge status',
  summary: 'ask the edge on this machine how it does',
  forms: [{ words: '' }],
  says: `Asks the edge on this machine how it does, over its admin socket: works with control dead and workers busy or dead.`,
  flags: { ...dataFlag, ...jsonFlag },
  prints: 'whether it is ready, and a line for each of its processes',
  exits: { ...exits(1, 69), 0: 'ready', 1: 'not ready', 69: 'there is no edge' },
  run: async (asked, io) => (await import('../edgeStatus.ts')).edgeStatus(asked, io),
};
