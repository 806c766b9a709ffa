import { declare } from '../row/declaration.ts';

/** What is declared of the module `rules`; its steps are in `edge/modules`. */
export const rulesDeclaration = declare({
  name: 'rules',
  says: "Lets the site's rules decide, in their order.",
  phases: ['head'],
  failure: { before: 'open', afterFirstByte: 'leave-out' },
  neutral: 'The request passes, as if the site had no rules.',
  reasons: { blocked: { status: null, says: 'a rule of the site blocks the request', isWished: true } },
  trace: {
    action: 'pass, allow or block',
    rule: 'the rule that ended it',
    logged: 'rules that marked the request',
    dry: 'rules that fired and did nothing',
    unknowns: 'rules that could not be decided because something they read is absent',
  },
  siteKeys: ['rules'],
  ruleActions: { block: null, log: null },
});
