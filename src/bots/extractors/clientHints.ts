import { hintPlatform } from '../facts/clientHints.ts';
import { sendsClientHints } from '../facts/userAgent.ts';
import { type Extractor, plain } from '../request/extractor.ts';
import type { RequestFacts } from '../request/requestFacts.ts';

/** Client hints against what the user agent claims. */
export const clientHintExtractors: readonly Extractor[] = [
  plain('client-hint-count', 'Headers that start with `Sec-CH-`.', (facts) => facts.clientHints),
  plain(
    'client-hints-missing',
    '1 when the claimed Chromium sends client hints here and none came; missing where none are due: other engines, old versions, apps, plain http.',
    (facts) => (expectsHints(facts) ? (facts.brands === null ? 1 : 0) : Number.NaN),
  ),
  plain(
    'client-hints-foreign',
    '1 when client hints came with a user agent whose engine sends none (Firefox, Safari, no browser), else 0.',
    (facts) => (facts.clientHints > 0 && facts.userAgent.engine !== 'chromium' ? 1 : 0),
  ),
  plain(
    'client-hint-version-difference',
    'Major version in Sec-CH-UA minus the one in the user agent; missing when either is absent.',
    (facts) =>
      facts.brands === null || facts.userAgent.engine !== 'chromium'
        ? Number.NaN
        : facts.brands.chromiumMajor - facts.userAgent.major,
  ),
  plain(
    'client-hint-platform-mismatch',
    '1 when Sec-CH-UA-Platform and the user agent name different systems; missing without the hint.',
    platformMismatch,
  ),
  plain(
    'client-hint-mobile-mismatch',
    '1 when Sec-CH-UA-Mobile and the user agent disagree; missing without the hint.',
    (facts) => {
      const hint = facts.head.headers['sec-ch-ua-mobile'];
      if (hint === undefined) return Number.NaN;
      return (hint === '?1') === facts.userAgent.isMobile && (hint === '?1' || hint === '?0') ? 0 : 1;
    },
  ),
  plain(
    'client-hint-brand-mismatch',
    'Sec-CH-UA does not name Chromium (+1), names Edge where the user agent does not or the other way round (+1), names a headless browser (+2); missing without it.',
    brandMismatch,
  ),
];

function expectsHints(facts: RequestFacts): boolean {
  return sendsClientHints(facts.userAgent) && facts.isSecureContext;
}

function platformMismatch(facts: RequestFacts): number {
  const hint = facts.head.headers['sec-ch-ua-platform'];
  if (hint === undefined) return Number.NaN;
  const said = hintPlatform(hint);
  const claimed = facts.userAgent.platform;
  // A telephone asked for the desktop site calls itself Linux in the user agent.
  return said === claimed || (said === 'android' && claimed === 'linux') ? 0 : 1;
}

function brandMismatch(facts: RequestFacts): number {
  const { brands, userAgent } = facts;
  if (brands === null) return Number.NaN;
  let mismatch = brands.namesChromium ? 0 : 1;
  if (brands.namesEdge !== (userAgent.family === 'edge')) mismatch += 1;
  if (brands.namesHeadless) mismatch += 2;
  return mismatch;
}
