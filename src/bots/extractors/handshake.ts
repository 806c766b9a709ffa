import { newestSeen } from '../handshake/known.ts';
import { isOrderOf, type OpenerFacts } from '../handshake/openers.ts';
import { type Extract, type Extractor, plain } from '../request/extractor.ts';
import type { RequestFacts } from '../request/requestFacts.ts';

/*
 * How the connection was opened, against what the user agent claims. All are missing where it was not seen: in the clear
 * and behind a trusted proxy. None of them may decide alone: proxies of companies and antivirus programs take TLS apart and
 * shake hands in a person's place.
 */

const unseen = Number.NaN;

export const handshakeExtractors: readonly Extractor[] = [
  seen(
    'tls-known-browser',
    '2 when a browser shakes hands exactly so, 1 when only the cipher suites are a browser’s, 0 when no known browser’s are; missing without TLS.',
    ({ tls }) => (tls === null ? unseen : tls.engine === 'none' ? 0 : tls.isWhole ? 2 : 1),
  ),
  seen(
    'tls-family-mismatch',
    '0 when the claimed browser’s engine shakes hands so, 1 when it has these cipher suites, 2 when no known browser does, 3 when another one does; missing without TLS, without a claim, and for versions newer than any that is known, unless it is known to be another’s.',
    (facts) => {
      const { tls, userAgent } = facts;
      if (tls === null || userAgent.engine === 'none') return unseen;
      if (tls.engine === userAgent.engine && !tls.isWhole) return isTooNew(facts) ? unseen : 1;
      return mismatch(facts, tls, 2);
    },
  ),
  seen(
    'tls-version-difference',
    'How far the claimed version is from those that shake hands so: negative when it is older; missing where not the very handshake of the claimed engine is seen.',
    (facts) => (facts.tls?.isWhole === true ? versionDifference(facts, facts.tls) : unseen),
  ),
  seen(
    'tls-tool',
    '2 when a known tool or library shakes hands exactly so, 1 when it has these cipher suites, else 0; missing without TLS.',
    ({ tls }) => (tls === null ? unseen : tls.tool === null ? 0 : tls.isWhole ? 2 : 1),
  ),
  seen('tls-cipher-suites', 'How many cipher suites are offered; missing without TLS.', ({ tls }) =>
    tls === null ? unseen : tls.suites,
  ),
  seen(
    'tls-extensions',
    'How many TLS extensions there are beside the server’s name; missing without TLS.',
    ({ tls }) => (tls === null ? unseen : tls.extensions),
  ),
  seen(
    'alpn-mismatch',
    '1 when HTTP/2 is not offered by what claims to be a browser and opens no WebSocket, else 0; missing without TLS or claim.',
    ({ tls, userAgent, head }) => {
      if (tls === null || userAgent.engine === 'none') return unseen;
      return tls.alpn === 'h2' || head.headers.upgrade !== undefined ? 0 : 1;
    },
  ),
  seen(
    'http2-known-browser',
    '1 when a browser opens HTTP/2 so, 0 when no known one does; missing for HTTP/1.1.',
    ({ http2 }) => (http2 === null ? unseen : http2.engine === 'none' ? 0 : 1),
  ),
  seen(
    'http2-family-mismatch',
    '0 when the claimed browser’s engine opens HTTP/2 so, 1 when no known browser does, 2 when another one does; missing for HTTP/1.1, without a claim, and for versions newer than any that is known, unless it is known to be another’s.',
    (facts) => (facts.http2 === null ? unseen : mismatch(facts, facts.http2, 1)),
  ),
  seen(
    'http2-version-difference',
    'How far the claimed version is from those that open HTTP/2 so: negative when it is older; missing where not the opening of the claimed engine is seen.',
    (facts) => (facts.http2 === null ? unseen : versionDifference(facts, facts.http2)),
  ),
  seen(
    'handshake-contradiction',
    '1 when TLS is a browser’s and HTTP/2 another’s or a tool’s, or the other way round, else 0; missing unless both are known.',
    ({ tls, http2 }) => (isKnown(tls) && isKnown(http2) ? (tls.engine === http2.engine ? 0 : 1) : unseen),
  ),
  plain(
    'header-order-known',
    '1 when browsers of the claimed engine order their headers so, else 0; missing without a claim, where scripts or settings change the order, and behind a trusted proxy.',
    (facts) => {
      const { head, userAgent } = facts;
      if (userAgent.engine === 'none' || head.isRelayed || !keepsOrder(facts)) return unseen;
      if (isOrderOf(userAgent.engine, facts.headerOrder)) return 1;
      // Of Safari's orders only those of pages were seen, and only over HTTP/2.
      return userAgent.engine === 'webkit' && (head.version !== '2' || !facts.isNavigation) ? unseen : 0;
    },
  ),
];

/** Of the opening alone: missing where it was not seen. */
function seen(name: string, summary: string, extract: Extract): Extractor {
  return plain(name, summary, extract, { kind: 'handshake' });
}

function mismatch(facts: RequestFacts, opener: OpenerFacts, unknown: number): number {
  const { engine } = facts.userAgent;
  if (engine === 'none') return unseen;
  if (opener.engine === engine) return 0;
  if (opener.engine !== 'none') return unknown + 1;
  return opener.tool === null && isTooNew(facts) ? unseen : unknown;
}

function isKnown<Facts extends OpenerFacts>(opener: Facts | null): opener is Facts {
  return opener !== null && (opener.engine !== 'none' || opener.tool !== null);
}

/** What the newest browsers do is learnt with the next table; until then nothing is said of them. */
function isTooNew({ userAgent }: RequestFacts): boolean {
  return userAgent.engine !== 'none' && !(userAgent.major <= newestSeen[userAgent.engine]);
}

function versionDifference({ userAgent }: RequestFacts, { engine, from, to }: OpenerFacts): number {
  if (engine === 'none' || engine !== userAgent.engine) return unseen;
  const { major } = userAgent;
  if (Number.isNaN(major)) return unseen;
  return major < from ? major - from : major > to ? major - to : 0;
}

/** Scripts' own fetches and media move fields about, and so does Brave (`RequestFacts`); WebSockets have other fields. */
function keepsOrder({ destination, head, isLikeBrave }: RequestFacts): boolean {
  if (head.headers.upgrade !== undefined || isLikeBrave) return false;
  // What is sent over TLS without fetch metadata is no browser's, or an old one's, which moves nothing.
  if (head.headers['sec-fetch-dest'] === undefined && head.scheme === 'https') return true;
  return destination !== 'fetch' && destination !== 'media' && destination !== 'other';
}
