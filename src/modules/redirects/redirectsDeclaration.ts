import { declare } from '../row/declaration.ts';

/** What is declared of the module `redirects`; its steps are in `edge/modules`. */
export const redirectsDeclaration = declare({
  name: 'redirects',
  says: 'Sends visitors elsewhere, as the site says.',
  phases: ['head'],
  failure: { before: 'open', afterFirstByte: 'leave-out' },
  neutral: 'Nobody is redirected; the origin answers.',
  siteKeys: ['redirects'],
});
