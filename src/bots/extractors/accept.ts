import type { AcceptFacts } from '../facts/accept.ts';
import { type Extractor, plain } from '../request/extractor.ts';
import type { RequestFacts } from '../request/requestFacts.ts';

/** Accept, Accept-Language and Accept-Encoding against the claimed browser and the request's own destination. */
export const acceptExtractors: readonly Extractor[] = [
  plain(
    'accept-mismatch',
    'How far Accept is from what the claimed browser sends for this destination: 0 as it does, 1 unusual, 2 never, 3 absent; missing for unknown clients.',
    acceptMismatch,
  ),
  plain(
    'accept-types',
    'Media types in Accept; missing when it is absent.',
    (facts) => facts.accept?.types ?? Number.NaN,
  ),
  plain(
    'accept-language-mismatch',
    'How far Accept-Language is from the claimed browser: 0 its style, 1 another browser’s, 2 no browser’s, 3 absent; missing for unknown clients.',
    acceptLanguageMismatch,
  ),
  plain(
    'accept-language-count',
    'Languages in Accept-Language; missing when it is absent.',
    (facts) => facts.languages?.languages ?? Number.NaN,
  ),
  plain(
    'accept-encoding-mismatch',
    'How far Accept-Encoding is from what the claimed browser sends over this scheme: 0 as it does, 1 unusual, 2 never, 3 absent; missing for unknown clients, range requests, and behind a trusted proxy, many of which ask for what they can store.',
    acceptEncodingMismatch,
  ),
  plain(
    'accept-encoding-count',
    'Codings in Accept-Encoding; missing when it is absent, and behind a trusted proxy.',
    ({ encodings, head }) => (encodings === null || head.isRelayed ? Number.NaN : encodings.codings),
  ),
];

function acceptMismatch(facts: RequestFacts): number {
  if (!facts.claimsBrowser) return Number.NaN;
  const { accept, userAgent } = facts;
  if (accept === null) return 3;
  const text = facts.head.headers.accept!;
  switch (facts.destination) {
    case 'document':
    case 'frame':
      return pageAcceptMismatch(facts, accept);
    case 'image':
      return accept.asksFor === 'image' && accept.namesAny && accept.namesApng === (userAgent.engine === 'chromium')
        ? 0
        : 2;
    case 'style':
      return text === 'text/css,*/*;q=0.1' ? 0 : 2;
    case 'fetch':
      // Scripts in pages choose it.
      return text.includes('/') ? 0 : 2;
    case 'media':
    case 'font':
      return text === '*/*' || userAgent.engine !== 'chromium' ? 0 : 1;
    default:
      return text === '*/*' ? 0 : 1;
  }
}

function pageAcceptMismatch(facts: RequestFacts, accept: AcceptFacts): number {
  const { userAgent } = facts;
  if (!accept.isPageForm) return accept.isHtmlFirst ? 1 : 2;
  if (userAgent.engine !== 'chromium') return accept.namesApng ? 2 : 0;
  if (!accept.namesApng) return 2;
  // Since Chrome 73 all of them but Brave take signed exchanges.
  return accept.namesExchanges || userAgent.major < 73 || facts.isLikeBrave ? 0 : 1;
}

function acceptLanguageMismatch(facts: RequestFacts): number {
  if (!facts.claimsBrowser) return Number.NaN;
  if (facts.languages === null) return 3;
  switch (facts.languages.style) {
    case 'stepped':
      return 0;
    case 'spread':
      return facts.userAgent.engine === 'gecko' || facts.isLikeBrave ? 0 : 1;
    case 'browser-like':
      return facts.isLikeBrave ? 0 : 1;
    case 'foreign':
      return 2;
  }
}

function acceptEncodingMismatch(facts: RequestFacts): number {
  const { head } = facts;
  const isOwn = head.headers.range === undefined && facts.destination !== 'media' && !head.isRelayed;
  if (!facts.claimsBrowser || !isOwn) return Number.NaN;
  const { encodings, isSecureContext, userAgent } = facts;
  if (encodings === null) return 3;
  if (!encodings.gzip || encodings.identity) return 2;
  if (!encodings.isBrowserForm) return 1;
  // Brotli and zstd are offered in secure contexts alone; a proxy that ended TLS makes them look out of place.
  if (isSecureContext && !encodings.brotli) return 1;
  const hasZstd =
    (userAgent.engine === 'chromium' && userAgent.major >= 123) ||
    (userAgent.engine === 'gecko' && userAgent.major >= 126);
  return isSecureContext && hasZstd !== encodings.zstd ? 1 : 0;
}
