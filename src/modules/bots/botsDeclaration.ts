import { declare } from '../row/declaration.ts';

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
    'bot.score': { type: 'int', says: '1 (automated) to 99 (human)', knownAfter: 'head', absentWith: 'score' },
    'bot.source': { type: 'string', says: '`heuristics` or `model`', knownAfter: 'head', absentWith: 'score' },
    'bot.heuristics': { type: 'strings', says: 'heuristics that hit', knownAfter: 'head', absentWith: 'score' },
  },
});
