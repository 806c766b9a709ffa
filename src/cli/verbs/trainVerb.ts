import { dataFlag, exits, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast train`: arguments, options, help, and what runs it. */
export const trainVerb: Verb = {
  name: 'train',
  summary: 'make the model from data that this command generates',
  forms: [{ words: '' }, { words: '', shown: '--own-log [--data DIR] [--hours N] [the same]' }],
  says: `Makes the model from data that it generates itself and from recorded clients, and writes model.json, model-report.md and
model-report.json. The same seed gives the same model. Needs the dev dependencies of a checkout (npm ci).

With --own-log it learns from a site's own log, too: from those of its clients that heuristics, proofs or their visits tell something of.
A fifth of them is kept back to compare the new model with the shipped one; a worse one is not written. Publish it with
'holdfast model publish'.`,
  flags: {
    seed: { takes: 'N', byDefault: '1', says: 'start of all chance' },
    sessions: {
      takes: 'N',
      byDefault: '1300',
      says: 'made sessions of people and as many of bots; recorded ones come on top',
    },
    trees: { takes: 'N', byDefault: '90', says: 'trees' },
    quick: { says: 'no models without held-out families; the report lacks their table' },
    'own-log': { says: "learn from the log of the 'holdfast up' that runs now, too" },
    ...dataFlag,
    hours: { takes: 'N', says: 'of the log, back from now; without: 24' },
    out: { takes: 'DIR', says: 'where to write; without: shipped/, with --own-log own-model/ in this folder' },
    json: { says: 'print the report as JSON instead of one line' },
  },
  prints: 'one line with how good the model is',
  exits: { ...exits(1), 1: 'there is no model, or one that is worse and was not written' },
  run: async (asked, io) => (await import('../model/train.ts')).train(asked, io),
};
