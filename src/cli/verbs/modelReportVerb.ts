import { exits, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast model report`: arguments, options, help, and what runs it. */
export const modelReportVerb: Verb = {
  name: 'model report',
  summary: 'its evaluation, and what it makes of an access log',
  forms: [{ words: '', shown: '[--html FILE] [--access-log LOG] [--ranges DIR] [options]' }],
  says: `Prints the evaluation of the model, and with a log what the model makes of it: scores, verified bots and impostors,
busiest clients, whom rules would refuse. Nothing is sent anywhere; the log's own times are the clock.`,
  flags: {
    'access-log': {
      takes: 'LOG',
      says: "in Apache's and nginx's combined format; lines that are not are left out and counted",
    },
    html: { takes: 'FILE', says: 'one self-contained page' },
    json: { says: 'for programs' },
    ranges: {
      takes: 'DIR',
      says: 'published address ranges, OPERATOR/ipv4_merged.txt and ipv6_merged.txt, to tell verified bots',
    },
    host: { takes: 'NAME', says: "host of the site; without: the one that the log's Referers name most" },
    features: { takes: 'FILE', says: 'a feature file instead of the shipped one' },
    model: { takes: 'FILE', says: 'a model file instead of the shipped one' },
    report: { takes: 'FILE', says: "its evaluation; without: the shipped one's, unless --model names another" },
  },
  prints: 'the summary of the log, then the evaluation',
  exits: exits(),
  run: async (asked, io) => (await import('../model/modelReport.ts')).modelReport(asked, io),
};
