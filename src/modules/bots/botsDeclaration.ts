import { declare } from '../row/declaration.ts';

/** What is declared of the module `bots`; its steps are in `edge/modules`. */
export const botsDeclaration = declare({
  name: 'bots',
  says: 'Scores the request: 1 is surely automated, 99 surely human.',
  phases: ['head', 'originHead', 'record'],
  failure: { before: 'open', afterFirstByte: 'leave-out' },
  neutral: 'The score is absent, which is not a low score and matches no rule.',
  trace: {
    score: 'the score, or absent',
    source: 'heuristics or model',
    heuristics: 'which heuristics hit',
    absent: 'why there is no score',
  },
  vocabulary: {
    'bot.score': {
      type: 'int',
      says: '1 (automated) to 99 (human); **unknown when there is none**',
      knownAfter: 'head',
      absentWith: 'score',
    },
    'bot.source': {
      type: 'string',
      says: '`heuristics` or `model`; unknown like the score',
      knownAfter: 'head',
      absentWith: 'score',
    },
    'bot.heuristics': {
      type: 'strings',
      says: 'ids of the heuristics that hit; unknown like the score',
      knownAfter: 'head',
      absentWith: 'score',
    },
  },
});
