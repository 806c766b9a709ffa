import { declare } from '../row/declaration.ts';

/** What is declared of the module `edits`; its steps are in `edge/modules`. */
export const editsDeclaration = declare({
  name: 'edits',
  says: 'Sets, adds and removes header fields, on the way to the origin and back.',
  phases: ['originHead', 'answerHead'],
  failure: { before: 'open', afterFirstByte: 'leave-out' },
  neutral: 'Header fields pass as they are.',
  siteKeys: ['requestHeaders', 'responseHeaders'],
});
