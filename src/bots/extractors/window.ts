import { windowPlaces } from '../clients/clientWindow.ts';
import { sendsClientHints } from '../facts/userAgent.ts';
import { type Extractor, plain } from '../request/extractor.ts';

/** What the client did lately. */
export const windowExtractors: readonly Extractor[] = [
  figure(
    'window-requests-10s',
    'Requests of the address in the last 5 to 10 seconds, this one included.',
    'requests10s',
  ),
  figure('window-requests-60s', 'Requests of the address in the last minute, this one included.', 'requests60s'),
  figure('window-requests-1h', 'Requests of the address in the last hour, this one included.', 'requests1h'),
  figure(
    'window-client-requests-60s',
    'Requests of this user agent at this address in the last minute, this one included.',
    'clientRequests60s',
  ),
  figure('window-client-requests-1h', 'The same in the last hour.', 'clientRequests1h'),
  figure('window-documents-60s', 'Pages asked for in the last minute.', 'documents60s'),
  figure('window-distinct-paths', 'Different paths in the last minute, estimated.', 'distinctPaths60s'),
  figure('window-distinct-path-share', 'Different paths per request in the last minute.', 'distinctPathShare60s'),
  figure('window-asset-share', 'Share of assets among the last minute’s requests.', 'assetShare60s'),
  figure(
    'window-distinct-user-agents',
    'Different user agents of this address since it is known, at most 8.',
    'distinctUserAgents',
  ),
  figure(
    'window-error-share',
    'Share of answers of 400 and above in the last minute; missing before the first answer.',
    'errorShare60s',
  ),
  figure(
    'window-interval-variation',
    'Standard deviation over mean of the pauses between requests: near 0 is a clock; missing before the fourth request.',
    'intervalVariation',
  ),
  figure(
    'window-cookie-share',
    'Share of requests with a cookie in the last minute, the client’s first left out; missing for the first.',
    'cookieShare60s',
  ),
  figure(
    'window-known-referer-share',
    'Of the requests that name a page of this host as Referer: the share whose page this client had asked for; missing without any.',
    'knownRefererShare',
  ),
  figure('window-age', 'Seconds since the address was first seen.', 'ageS'),
  figure('window-client-age', 'Seconds since this client was first seen.', 'clientAgeS'),
  figure('window-distinct-paths-known', 'Different paths since the client is known, estimated.', 'distinctPaths'),
  figure(
    'window-assets-per-view',
    'Assets per other request since the client is known; missing before the first of those.',
    'assetsPerView',
  ),
  figure(
    'window-error-share-known',
    'Share of answers of 400 and above since the client is known; missing before the first answer.',
    'errorShare',
  ),
  figure(
    'window-cookie-kept-share',
    'Of the requests behind an answer that set a cookie: the share that carried one; missing where none was set.',
    'cookieKeptShare',
  ),
  figure(
    'window-views-without-referer-share',
    'Of the requests that are no assets, from the second on: the share without a Referer.',
    'viewsWithoutRefererShare',
  ),
  figure(
    'window-typed-share',
    'Of the pages asked for, from the second on: the share opened by their address, without any page that led there, weighed as if two more had not been.',
    'typedShare',
  ),
  figure(
    'window-sequential-share',
    'Of such requests that differ in the last number alone: the share in which it is one more or less; missing without any.',
    'sequentialShare',
  ),
  figure(
    'window-walk-share',
    'Of such requests, from the second on: the share that goes on below or beside the one before, as a walk over all of a site does.',
    'walkShare',
  ),
  figure(
    'window-burst-variation',
    'Standard deviation over mean of the times between bursts of requests: near 0 is a clock; missing before the fourth burst.',
    'burstVariation',
  ),
  figure('window-burst-pause', 'Mean seconds between bursts of requests; missing before the second.', 'burstPauseS'),
  figure('window-burst-size', 'Requests per burst since the client is known.', 'burstSize'),
  figure('window-head-share', 'Share of HEAD since the client is known.', 'headShare'),
  figure('window-post-share', 'Share of POST since the client is known.', 'postShare'),
  figure('window-options-share', 'Share of OPTIONS since the client is known.', 'optionsShare'),
  figure(
    'window-attribute-changes',
    'How often a client with one user agent changed its Accept-Language or its platform hint.',
    'attributeChanges',
  ),
  figure(
    'window-distinct-handshakes',
    'Different TLS stacks (ciphers of JA4) at this address, at most 4; missing where TLS was not seen.',
    'distinctHandshakes',
  ),
  figure(
    'window-distinct-languages',
    'Different Accept-Language values of this address, at most 8.',
    'distinctLanguages',
  ),
  plain(
    'window-script-without-hints',
    '1 when the client asked for a script without the client hints that Chromium leaves away only where scripts are off, else 0; missing where no such Chromium is claimed.',
    ({ userAgent }, window) => (sendsClientHints(userAgent) ? window.scriptWithoutHints : Number.NaN),
  ),
  figure('window-robots-read', '1 when the client asked for /robots.txt, else 0.', 'robotsRead'),
];

function figure(name: string, summary: string, of: keyof typeof windowPlaces): Extractor {
  const place = windowPlaces[of];
  return plain(name, summary, (_, window) => window.figures[place]!, { kind: 'window', place });
}
