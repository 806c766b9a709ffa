import { exits, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast lists make`: arguments, options, help, and what runs it. */
export const listsMakeVerb: Verb = {
  name: 'lists make',
  summary: 'a file to publish, out of tables and ranges of others',
  forms: [{ words: '', shown: '[--table PATH]... [--list NAME=PATH]... [--out FILE]' }],
  says: "Makes one file out of tables and ranges of others, checked as edges check it; 'holdfast lists publish FILE' spreads it.",
  flags: {
    table: {
      takes: 'PATH',
      repeats: true,
      says:
        'countries or systems: a CSV (first,last,country or number) or MaxMind DB file, or a folder with such files, like ' +
        'node_modules/@ip-location-db/asn. Without: those that are installed in ./node_modules',
    },
    list: {
      takes: 'NAME=PATH',
      repeats: true,
      says:
        'a list: networks in a file, one a line or in JSON, or in all .txt and .json files of a folder. Rules have hosting, vpn ' +
        'and crawler as ip.hosting and so on, others as "NAME" in ip.lists. Several of one NAME are one',
    },
    out: { takes: 'FILE', byDefault: 'lists.json', says: 'where it goes' },
  },
  prints: 'how large the file is and what is in it',
  exits: { ...exits(1), 1: 'what came out would be refused, with the reasons' },
  run: async (asked, io) => (await import('../lists/listsMake.ts')).listsMake(asked, io),
};
