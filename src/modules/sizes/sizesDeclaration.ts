import { declare } from '../row/declaration.ts';

/** What is declared of the module `sizes`; its steps are in `edge/modules`. */
export const sizesDeclaration = declare({
  name: 'sizes',
  says: 'Refuses what is larger than the site takes.',
  phases: ['head', 'requestBody'],
  failure: { before: 'open', afterFirstByte: 'leave-out' },
  neutral: "Only the edge's own bounds hold.",
  reasons: {
    'body-too-large': { status: 413, says: 'the request body is larger than this site takes' },
    'head-too-large': { status: 431, says: 'the request line and headers are larger than this site takes' },
  },
  siteKeys: ['limits'],
});
