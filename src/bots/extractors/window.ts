import { type Extractor, plain } from '../extractor.ts';

/** What the client did lately. */
export const windowExtractors: readonly Extractor[] = [
  plain(
    'window-requests-10s',
    'Requests of the last 5 to 10 seconds, this one included.',
    (_, window) => window.requests10s,
  ),
  plain('window-requests-60s', 'Requests of the last minute, this one included.', (_, window) => window.requests60s),
  plain('window-documents-60s', 'Pages asked for in the last minute.', (_, window) => window.documents60s),
  plain(
    'window-distinct-paths',
    'Different paths in the last minute, estimated.',
    (_, window) => window.distinctPaths60s,
  ),
  plain('window-distinct-path-share', 'Different paths per request in the last minute.', (_, window) =>
    Math.min(1, window.distinctPaths60s / window.requests60s),
  ),
  plain('window-asset-share', 'Share of assets among the last minute’s requests.', (_, window) => window.assetShare60s),
  plain(
    'window-distinct-user-agents',
    'Different user agents of this address since it is known, at most 8.',
    (_, window) => window.distinctUserAgents,
  ),
  plain(
    'window-error-share',
    'Share of answers of 400 and above in the last minute; missing before the first answer.',
    (_, window) => window.errorShare60s,
  ),
  plain(
    'window-interval-variation',
    'Standard deviation over mean of the pauses between requests: near 0 is a clock; missing before the fourth request.',
    (_, window) => window.intervalVariation,
  ),
  plain(
    'window-cookie-share',
    'Share of requests with a cookie in the last minute, the client’s first left out; missing for the first.',
    (_, window) => window.cookieShare60s,
  ),
  plain(
    'window-known-referer-share',
    'Of the requests that name a page of this host as Referer: the share whose page this client had asked for; missing without any.',
    (_, window) => window.knownRefererShare,
  ),
  plain('window-age', 'Seconds since the address was first seen.', (_, window) => window.ageS),
];
