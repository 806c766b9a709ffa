import { type Destination, destinations } from '../facts/destination.ts';
import { type Extractor, plain } from '../request/extractor.ts';
import type { RequestFacts } from '../request/requestFacts.ts';

/** First versions that send Sec-Fetch-* with every request: Chrome 80, Firefox 90, Safari 16.4. */
const fetchMetadataSince = { chromium: 80, gecko: 90, webkit: 17, none: Number.POSITIVE_INFINITY } as const;

// Compared one by one: a set would hash what the request brings first.

function isSite(text: string): boolean {
  return text === 'same-origin' || text === 'none' || text === 'same-site' || text === 'cross-site';
}

function isMode(text: string): boolean {
  return text === 'navigate' || text === 'no-cors' || text === 'cors' || text === 'same-origin' || text === 'websocket';
}

/** Fetch metadata (W3C Fetch Metadata Request Headers) against itself and the rest of the request. */
export const fetchMetadataExtractors: readonly Extractor[] = [
  plain('fetch-metadata-count', 'Headers that start with `Sec-Fetch-`.', (facts) => facts.fetchMetadata),
  plain(
    'fetch-metadata-missing',
    '1 when the claimed browser sends Sec-Fetch-* here and none came; missing where none are due: unknown clients, old versions, plain http.',
    (facts) => {
      const { engine, major, isWebView } = facts.userAgent;
      if (!facts.isSecureContext || isWebView || !(major >= fetchMetadataSince[engine])) return Number.NaN;
      return facts.fetchMetadata === 0 ? 1 : 0;
    },
  ),
  plain(
    'fetch-metadata-contradictions',
    'Combinations of site, mode, destination, user, method and Referer that browsers never send; missing without Sec-Fetch-*.',
    contradictions,
  ),
  plain('destination', 'What the request is for, as a number (document 0, frame 1, image 2 ...).', (facts) =>
    destinations.indexOf(facts.destination),
  ),
  plain(
    'destination-path-mismatch',
    '1 when the path ends like another kind of thing than the request is for, such as a document asked for as an image.',
    (facts) => (fitsPath(facts.destination, facts.extension) ? 0 : 1),
  ),
  plain(
    'subresource-without-referer',
    '1 when an image, style, script, font or fetch names no page that it belongs to; missing for navigations.',
    (facts) =>
      facts.isNavigation || facts.destination === 'other'
        ? Number.NaN
        : facts.head.headers.referer === undefined
          ? 1
          : 0,
  ),
];

function contradictions({ head, fetchMetadata, isNavigation }: RequestFacts): number {
  if (fetchMetadata === 0) return Number.NaN;
  const { headers } = head;
  const site = headers['sec-fetch-site'];
  const mode = headers['sec-fetch-mode'];
  const dest = headers['sec-fetch-dest'];
  let count = 0;
  // Every browser that sends one of the three sends all three (Safari from 16.4 on).
  if (site === undefined || mode === undefined || dest === undefined) count += 1;
  if (site !== undefined && !isSite(site)) count += 1;
  if (mode !== undefined && !isMode(mode)) count += 1;
  if (mode === 'navigate' && dest !== undefined && !isNavigation) count += 1;
  if (dest === 'document' && mode !== undefined && mode !== 'navigate') count += 1;
  if (headers['sec-fetch-user'] !== undefined && (mode !== 'navigate' || headers['sec-fetch-user'] !== '?1'))
    count += 1;
  if (site === 'none' && (mode === 'cors' || headers.referer !== undefined || headers.origin !== undefined)) count += 1;
  if (site === 'same-origin' && headers.referer !== undefined && !refersToHost(headers.referer, headers.host))
    count += 1;
  if (head.method === 'POST' && (dest === 'image' || dest === 'style' || dest === 'font')) count += 1;
  return count;
}

function refersToHost(referer: string, host: string | undefined): boolean {
  if (host === undefined) return true;
  // At once where it stands in its place.
  if (referer.startsWith(host, 8) && referer.startsWith('https://')) return true;
  return referer.includes(`//${host}`);
}

/** Extensions that say nothing, such as none or a program's, fit every destination. */
function fitsPath(destination: Destination, extension: RequestFacts['extension']): boolean {
  switch (extension) {
    case 'style':
      return (
        destination === 'style' || destination === 'fetch' || destination === 'other' || destination === 'document'
      );
    case 'script':
      return (
        destination === 'script' || destination === 'fetch' || destination === 'other' || destination === 'document'
      );
    case 'font':
      return destination === 'font' || destination === 'fetch' || destination === 'other' || destination === 'style';
    case 'image':
      return destination !== 'script' && destination !== 'style' && destination !== 'font';
    case 'page':
      return destination !== 'image' && destination !== 'style' && destination !== 'font' && destination !== 'script';
    default:
      return true;
  }
}
