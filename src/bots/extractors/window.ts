import { type Extractor, plain } from '../extractor.ts';

/** What the client did lately. */
export const windowExtractors: readonly Extractor[] = [
  plain(
    'window-requests-10s',
    'Requests of the address in the last 5 to 10 seconds, this one included.',
    (_, window) => window.requests10s,
  ),
  plain(
    'window-requests-60s',
    'Requests of the address in the last minute, this one included.',
    (_, window) => window.requests60s,
  ),
  plain(
    'window-requests-1h',
    'Requests of the address in the last hour, this one included.',
    (_, window) => window.requests1h,
  ),
  plain(
    'window-client-requests-60s',
    'Requests of this user agent at this address in the last minute, this one included.',
    (_, window) => window.clientRequests60s,
  ),
  plain('window-client-requests-1h', 'The same in the last hour.', (_, window) => window.clientRequests1h),
  plain('window-documents-60s', 'Pages asked for in the last minute.', (_, window) => window.documents60s),
  plain(
    'window-distinct-paths',
    'Different paths in the last minute, estimated.',
    (_, window) => window.distinctPaths60s,
  ),
  plain('window-distinct-path-share', 'Different paths per request in the last minute.', (_, window) =>
    Math.min(1, window.distinctPaths60s / Math.max(1, window.clientRequests60s)),
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
  plain('window-client-age', 'Seconds since this client was first seen.', (_, window) => window.clientAgeS),
  plain(
    'window-distinct-paths-known',
    'Different paths since the client is known, estimated.',
    (_, window) => window.distinctPaths,
  ),
  plain(
    'window-assets-per-view',
    'Assets per other request since the client is known; missing before the first of those.',
    (_, window) => window.assetsPerView,
  ),
  plain(
    'window-error-share-known',
    'Share of answers of 400 and above since the client is known; missing before the first answer.',
    (_, window) => window.errorShare,
  ),
  plain(
    'window-cookie-kept-share',
    'Of the requests behind an answer that set a cookie: the share that carried one; missing where none was set.',
    (_, window) => window.cookieKeptShare,
  ),
  plain(
    'window-views-without-referer-share',
    'Of the requests that are no assets, from the second on: the share without a Referer.',
    (_, window) => window.viewsWithoutRefererShare,
  ),
  plain(
    'window-sequential-share',
    'Of such requests that differ in the last number alone: the share in which it is one more or less; missing without any.',
    (_, window) => window.sequentialShare,
  ),
  plain(
    'window-walk-share',
    'Of such requests, from the second on: the share that goes on below or beside the one before, as a walk over all of a site does.',
    (_, window) => window.walkShare,
  ),
  plain(
    'window-burst-variation',
    'Standard deviation over mean of the times between bursts of requests: near 0 is a clock; missing before the fourth burst.',
    (_, window) => window.burstVariation,
  ),
  plain(
    'window-burst-pause',
    'Mean seconds between bursts of requests; missing before the second.',
    (_, window) => window.burstPauseS,
  ),
  plain('window-burst-size', 'Requests per burst since the client is known.', (_, window) => window.burstSize),
  plain('window-head-share', 'Share of HEAD since the client is known.', (_, window) => window.headShare),
  plain('window-post-share', 'Share of POST since the client is known.', (_, window) => window.postShare),
  plain('window-options-share', 'Share of OPTIONS since the client is known.', (_, window) => window.optionsShare),
  plain(
    'window-attribute-changes',
    'How often a client with one user agent changed its Accept-Language or its platform hint.',
    (_, window) => window.attributeChanges,
  ),
  plain(
    'window-distinct-handshakes',
    'Different TLS stacks (ciphers of JA4) at this address, at most 4; missing where TLS was not seen.',
    (_, window) => (window.distinctHandshakes === 0 ? Number.NaN : window.distinctHandshakes),
  ),
  plain(
    'window-distinct-languages',
    'Different Accept-Language values of this address, at most 8.',
    (_, window) => window.distinctLanguages,
  ),
  plain('window-robots-read', '1 when the client asked for /robots.txt, else 0.', (_, window) =>
    window.hasReadRobots ? 1 : 0,
  ),
];
