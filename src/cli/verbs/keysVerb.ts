import { bundleKinds } from '../../contract/bundleKind.ts';
import { dataFlag, exits, jsonFlag, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast keys`: arguments, options, help, and what runs it. */
export const keysVerb: Verb = {
  name: 'keys',
  summary: 'list, rotate, revoke signing keys',
  forms: [
    { words: 'list', says: 'keys that edges of this data folder trust, and which of them sign', flags: jsonFlag },
    { words: 'rotate KIND', says: 'make a new key, trust it, then sign with it; the old one stays valid' },
    { words: 'revoke KIND ID', says: 'refuse from now on what the old key signed' },
  ],
  says: `KIND is one of ${bundleKinds.join(', ')}. It works on the files, so nothing has to run.`,
  flags: dataFlag,
  prints: 'kind, id and state of each key; or what was changed',
  exits: exits(1),
  run: async (asked, io) => (await import('../keys.ts')).keys(asked, io),
};
