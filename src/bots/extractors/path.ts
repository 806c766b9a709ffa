import { extensionClasses } from '../facts/destination.ts';
import { botLimits } from '../facts/limits.ts';
import { type Extractor, plain } from '../request/extractor.ts';

/** What scanners ask for on every host; all lower case. */
const probeFragments: readonly string[] = [
  '/.env',
  '/.git/',
  '/.svn/',
  '/.aws/',
  '/.ssh/',
  '/.ds_store',
  '/.vscode/',
  '/wp-login.php',
  '/wp-admin',
  '/wp-includes/',
  '/wp-content/plugins/',
  '/xmlrpc.php',
  '/phpmyadmin',
  '/pma/',
  '/cgi-bin/',
  '/vendor/phpunit',
  '/actuator',
  '/server-status',
  '/solr/',
  '/boaform',
  '/hnap1',
  '/manager/html',
  '/console/',
  '/etc/passwd',
  '/../',
  '%2e%2e',
  '/config.json',
  '/backup',
  '.sql',
  '.bak',
  '/shell',
  'eval-stdin',
  '/autodiscover',
  '/owa/',
  '/telescope',
  '/_ignition',
  '/druid/',
  '/jenkins',
];

/** Shape of path and query. */
export const pathExtractors: readonly Extractor[] = [
  plain('path-length', 'Characters of the path.', ({ head }) => head.path.length),
  plain('path-depth', 'Segments of the path that are not empty.', ({ head }) => {
    const length = Math.min(head.path.length, botLimits.inspectedCharsMax);
    let depth = 0;
    for (let index = 0; index < length; index += 1) {
      if (head.path.charCodeAt(index) !== 47) continue;
      if (index + 1 < head.path.length && head.path.charCodeAt(index + 1) !== 47) depth += 1;
    }
    return depth;
  }),
  plain('path-entropy', 'Bits per character of the path.', ({ head }) => entropyBits(head.path)),
  plain('path-escape-share', 'Share of the target’s characters that belong to a percent escape.', ({ head }) =>
    Math.min(1, (3 * count(head.target, '%')) / Math.max(1, head.target.length)),
  ),
  plain('path-extension', 'Kind of the path’s ending as a number (none 0, page 1 ...).', (facts) =>
    extensionClasses.indexOf(facts.extension),
  ),
  {
    name: 'path-probe',
    summary: '1 when the target contains one of the fragments that scanners ask for everywhere, else 0.',
    parameters: { fragments: { kind: 'texts', fallback: probeFragments } },
    compile(parameters) {
      const fragments = parameters.texts('fragments').map((text) => text.toLowerCase().replace(/[^\w/]/g, '\\$&'));
      // An alternation of plain texts: no repetition, so its cost is bounded by text times fragments.
      const pattern = fragments.length === 0 ? /(?!)/ : new RegExp(fragments.join('|'));
      return ({ head }) => (pattern.test(head.target.slice(0, botLimits.inspectedCharsMax).toLowerCase()) ? 1 : 0);
    },
  },
  plain('query-length', 'Characters of the query.', ({ head }) => head.query.length),
  plain('query-parameters', 'Parameters in the query.', ({ head }) =>
    head.query === '' ? 0 : count(head.query, '&') + 1,
  ),
  {
    name: 'query-parameter-present',
    summary: '1 when the query names this parameter, else 0.',
    parameters: { parameter: { kind: 'text' } },
    compile(parameters) {
      const name = parameters.text('parameter');
      return ({ head }) => (namesParameter(head.query.slice(0, botLimits.inspectedCharsMax), name) ? 1 : 0);
    },
  },
  {
    name: 'path-starts-with',
    summary: '1 when the path starts with this text, else 0.',
    parameters: { prefix: { kind: 'text' } },
    compile(parameters) {
      const prefix = parameters.text('prefix');
      return ({ head }) => (head.path.startsWith(prefix) ? 1 : 0);
    },
  },
];

const counts = new Uint16Array(256);
/** n log2 n for every count that can occur. */
const weightedLog = Float64Array.from({ length: botLimits.inspectedCharsMax + 1 }, (_, n) =>
  n === 0 ? 0 : n * Math.log2(n),
);

function entropyBits(full: string): number {
  const text = full.length > botLimits.inspectedCharsMax ? full.slice(0, botLimits.inspectedCharsMax) : full;
  if (text.length === 0) return 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index) & 255;
    counts[code] = counts[code]! + 1;
  }
  let weighted = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index) & 255;
    weighted += weightedLog[counts[code]!]!;
    counts[code] = 0;
  }
  return (weightedLog[text.length]! - weighted) / text.length;
}

function namesParameter(query: string, name: string): boolean {
  return query.split('&').some((part) => part === name || part.startsWith(`${name}=`));
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) {
    if (at >= botLimits.inspectedCharsMax) break;
    found += 1;
  }
  return found;
}
