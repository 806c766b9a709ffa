import { declare } from '../row/declaration.ts';

/** What is declared of the module `shadow`; its steps are in `edge/modules`. */
export const shadowDeclaration = declare({
  name: 'shadow',
  says: 'What the shadow model would have scored: told beside the score, and nothing acts on it.',
  phases: ['record'],
  failure: { before: 'open', afterFirstByte: 'leave-out' },
  isBystander: true,
  neutral: 'Nothing is told.',
});
