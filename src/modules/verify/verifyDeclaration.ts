import { declare } from '../row/declaration.ts';

/** What is declared of the module `verify`; its steps are in `edge/modules`. */
export const verifyDeclaration = declare({
  name: 'verify',
  says: 'Says whose bot sent a request, by its signature, its address or the name of its address, apart from the score.',
  phases: ['head', 'originHead'],
  failure: { before: 'open', afterFirstByte: 'leave-out' },
  neutral: 'Who it is stays unknown, and no rule fires on that.',
  trace: {
    verified: 'true, false or unknown',
    identity: 'how that is known',
    operator: 'whose bot it is proven to be or, while not verified, claims to be',
    category: 'what the operator does',
    'signature-fault': 'why its signature proves nothing',
  },
  vocabulary: {
    'bot.verified': {
      type: 'bool',
      says: '[proven](verified-bots.md) to be the bot of a known operator; unknown while an answer is on its way, and known without a score',
      knownAfter: 'head',
      absentWith: 'identity',
    },
    'bot.operator': {
      type: 'string',
      says: 'whose bot it is, like `googlebot`; empty where `bot.verified` is false, unknown where it is unknown',
      knownAfter: 'head',
      absentWith: 'identity',
    },
    'bot.category': {
      type: 'string',
      says: 'what it is for, like `search` or `ai-training`; empty or unknown likewise',
      knownAfter: 'head',
      absentWith: 'identity',
    },
  },
});
