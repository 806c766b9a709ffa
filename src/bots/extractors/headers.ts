import { fieldNumberOf } from '../../http/index.ts';
import { type Extractor, plain } from '../request/extractor.ts';
import type { RequestFacts } from '../request/requestFacts.ts';

/** Which headers are there, and how they are written. */
export const headerExtractors: readonly Extractor[] = [
  {
    name: 'header-present',
    summary: '1 when the header is there, else 0.',
    parameters: { header: { kind: 'header-name' } },
    compile(parameters) {
      const isThere = presenceOf(parameters.text('header').toLowerCase());
      return (facts) => (isThere(facts) ? 1 : 0);
    },
  },
  {
    name: 'any-header-present',
    summary: 'How many of the listed headers are there.',
    parameters: { headers: { kind: 'header-names' } },
    compile(parameters) {
      const areThere = parameters.texts('headers').map((name) => presenceOf(name.toLowerCase()));
      return (facts) => {
        let present = 0;
        for (const isThere of areThere) if (isThere(facts)) present += 1;
        return present;
      };
    },
  },
  {
    name: 'header-length',
    summary: 'Characters of the header; missing when it is absent.',
    parameters: { header: { kind: 'header-name' } },
    compile(parameters) {
      const header = parameters.text('header').toLowerCase();
      return (facts) => facts.head.headers[header]?.length ?? Number.NaN;
    },
  },
  {
    name: 'header-equals',
    summary: '1 when the header has exactly this value, else 0; missing when it is absent.',
    parameters: { header: { kind: 'header-name' }, value: { kind: 'text' } },
    compile(parameters) {
      const header = parameters.text('header').toLowerCase();
      const expected = parameters.text('value');
      return (facts) => {
        const value = facts.head.headers[header];
        return value === undefined ? Number.NaN : value === expected ? 1 : 0;
      };
    },
  },
  {
    name: 'header-position',
    summary: 'Position of the header among all, from 0; missing when it is absent, and behind a trusted proxy.',
    parameters: { header: { kind: 'header-name' } },
    compile(parameters) {
      const header = parameters.text('header').toLowerCase();
      const number = fieldNumberOf(header);
      return ({ head }) => {
        if (head.isRelayed) return Number.NaN;
        if (number !== 0) {
          const line = head.fieldNumbers.indexOf(number);
          return line === -1 ? Number.NaN : line;
        }
        if (head.headers[header] === undefined) return Number.NaN;
        for (let index = 0; index < head.rawHeaders.length; index += 2) {
          const name = head.rawHeaders[index]!;
          if (name.length === header.length && name.toLowerCase() === header) return index >> 1;
        }
        return Number.NaN;
      };
    },
  },
  plain('header-count', 'Header lines; missing behind a trusted proxy.', (facts) =>
    facts.head.isRelayed ? Number.NaN : facts.headerCount,
  ),
  plain('header-bytes', 'Bytes of all header lines; missing behind a trusted proxy.', (facts) =>
    facts.head.isRelayed ? Number.NaN : facts.headerBytes,
  ),
  plain(
    'unusual-header-count',
    'Headers that no browser sends by itself, such as those that scripts in pages add; missing behind a trusted proxy.',
    (facts) => (facts.head.isRelayed ? Number.NaN : facts.unusualNames),
  ),
  plain(
    'lower-case-header-share',
    'Share of header names in lower case; missing for HTTP/2, where all are, behind a trusted proxy, and without headers.',
    (facts) => {
      const { head, headerCount, lowerCaseNames } = facts;
      if (head.version === '2' || head.isRelayed || headerCount === 0) return Number.NaN;
      return lowerCaseNames / headerCount;
    },
  ),
  plain(
    'foreign-case-header-count',
    'Names written otherwise than every browser writes them, such as `host` or `Dnt`; missing for HTTP/2 and behind a trusted proxy.',
    (facts) => (facts.head.version === '2' || facts.head.isRelayed ? Number.NaN : facts.foreignCaseNames),
  ),
  plain(
    'header-order-inversions',
    'Headers that stand behind one which the claimed Chromium or Firefox always sends later; missing for others, and behind a trusted proxy.',
    (facts) => facts.orderInversions,
  ),
];

function presenceOf(header: string): (facts: RequestFacts) => boolean {
  const number = fieldNumberOf(header);
  if (number === 0) return ({ head }) => head.headers[header] !== undefined;
  return (facts) => facts.has(number);
}
