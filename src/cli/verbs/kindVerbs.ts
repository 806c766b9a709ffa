import { type BundleKind, bundleKinds, rowOf } from '../../contract/bundleKind.ts';
import { controlFlags, exits, jsonFlag, type Verb } from '../terminal/verb.ts';
import { listsMakeVerb } from './listsMakeVerb.ts';
import { modelReportVerb } from './modelReportVerb.ts';
import { modelShadowVerb } from './modelShadowVerb.ts';

/** What can be done with one kind alone. */
const ownVerbs: { readonly [Kind in BundleKind]?: readonly Verb[] } = {
  model: [modelReportVerb, modelShadowVerb],
  lists: [listsMakeVerb],
};

/** `holdfast KIND` for each kind whose row says what it is for. */
export const kindVerbs: readonly Verb[] = bundleKinds.flatMap((kind) => {
  const summary = rowOf(kind).verb;
  return summary === null ? [] : [kindVerb(kind, summary)];
});

/** What can be done with every kind, and what with this one alone. */
function kindVerb(kind: BundleKind, summary: string): Verb {
  return {
    name: kind,
    summary,
    forms: [
      { words: 'show [VERSION]', says: 'content of the newest version, or of an older one', flags: jsonFlag },
      {
        words: 'publish FILE',
        says: 'check, number, sign and spread what is in FILE',
        flags: {
          'accept-shift': { says: 'the scores are meant to change' },
          note: { takes: 'TEXT', says: 'a few words for the history' },
        },
      },
      { words: 'rollback VERSION', says: 'old content under a new number, also while frozen (0: as shipped)' },
      { words: 'freeze', says: 'take and hand out no new versions' },
      { words: 'unfreeze', says: 'do so again' },
      {
        words: 'status',
        says: 'versions, edges, refusals with their reasons',
        flags: { ...jsonFlag, local: { says: "what this machine's edge says; works with control dead" } },
      },
    ],
    flags: controlFlags,
    prints: 'what was asked for, or what was done',
    exits: exits(1, 69),
    verbs: ownVerbs[kind] ?? [],
    run: async (asked, io) => (await import('../features.ts')).kindVerb(kind, asked, io),
  };
}
