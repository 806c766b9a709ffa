import { dataFlag, exits, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast model shadow`: arguments, options, help, and what runs it. */
export const modelShadowVerb: Verb = {
  name: 'model shadow',
  summary: 'a second model on this edge, scored and counted beside it, acting on nothing',
  forms: [{ words: 'FILE' }, { words: '', shown: '--none [--data DIR]' }],
  says: `Gives the running edge of this machine a second model. It scores every request beside the model in force, and acts on
nothing: no rule and no origin sees what it says. The access log and ClickHouse have it as shadow_score, the metrics as
holdfast_edge_scores_total and holdfast_edge_shadow_agreement_total. It is kept on the disk, and works with control dead.`,
  flags: { none: { says: 'no shadow any more' }, ...dataFlag },
  prints: 'which model scores beside the one in force',
  exits: { ...exits(1, 69), 1: 'the edge refuses the model, with the reasons' },
  run: async (asked, io) => (await import('../model/modelShadow.ts')).modelShadow(asked, io),
};
