import { declare } from '../row/declaration.ts';
import { limitAction } from './limitAction.ts';

/** What is declared of the module `rates`; its steps are in `edge/modules`. */
export const ratesDeclaration = declare({
  name: 'rates',
  says: 'Takes a token for each `limit` rule that fired, and limits whoever has none left.',
  phases: ['head'],
  failure: { before: 'open', afterFirstByte: 'leave-out' },
  neutral: 'Nobody is limited.',
  reasons: { 'rate-limited': { status: 429, says: 'too many requests', isWished: true } },
  columns: {
    limited_by: {
      since: 11,
      type: 'String',
      says: 'the `limit` rule that the request was limited by; empty when it was not',
    },
    would_limit: {
      since: 11,
      type: 'String',
      says: 'dry `limit` rules that would have limited it, with commas between them',
    },
  },
  siteKeys: ['rules'],
  ruleActions: { limit: limitAction },
});
