import { declare } from '../row/declaration.ts';

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
      says: 'a bot whose operator is proven',
      knownAfter: 'head',
      absentWith: 'identity',
    },
    'bot.operator': { type: 'string', says: 'whose bot it is', knownAfter: 'head', absentWith: 'identity' },
    'bot.category': { type: 'string', says: 'what its operator does', knownAfter: 'head', absentWith: 'identity' },
  },
});
