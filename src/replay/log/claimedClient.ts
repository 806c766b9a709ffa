import { parseUserAgent } from '../../bots/facts/userAgent.ts';

/** What kind of client a user agent says it is. Closed list, in the order of the tables. */
export const clientKinds = ['browser', 'feed reader', 'crawler', 'tool', 'other program'] as const;
export type ClientKind = (typeof clientKinds)[number];

export interface ClaimedClient {
  readonly kind: ClientKind;
  /** `chrome`, `Googlebot`, `UniversalFeedParser`: whatever it calls itself, shortened. */
  readonly family: string;
}

/** Names of feed readers and of the services that fetch feeds for people. */
const feedReader =
  /feed|\brss\b|\batom\b|NetNewsWire|Newsbeuter|Newsboat|Newsblur|Liferea|Akregator|Reeder|Vienna|Bloglovin|Inoreader|Netvibes|Miniflux|Superfeedr|Tiny Tiny/i;
const crawlerName = /([A-Za-z][\w.!-]{0,30}(?:bot|crawler|spider|slurp|externalhit)[\w-]{0,12})/i;

export function claimedClient(userAgent: string | null): ClaimedClient {
  if (userAgent === null) return { kind: 'other program', family: 'no user agent' };
  const facts = parseUserAgent(userAgent);
  if (feedReader.test(userAgent)) return { kind: 'feed reader', family: productOf(userAgent) };
  if (facts.selfName === 'crawler') return { kind: 'crawler', family: crawlerNameOf(userAgent) };
  if (facts.selfName === 'tool') return { kind: 'tool', family: productOf(userAgent) };
  // Crawlers of old that name themselves inside a browser's sentence without the usual form.
  if (/Slurp|Ezooms|ia_archiver|Mediapartners/i.test(userAgent)) {
    return { kind: 'crawler', family: crawlerNameOf(userAgent) };
  }
  if (facts.engine !== 'none') return { kind: 'browser', family: facts.family };
  if (/MSIE |Trident\//.test(userAgent)) return { kind: 'browser', family: 'internet explorer' };
  if (/^Opera\//.test(userAgent)) return { kind: 'browser', family: 'old opera' };
  if (facts.family === 'other-mozilla') return { kind: 'browser', family: 'other mozilla' };
  return { kind: 'other program', family: productOf(userAgent) };
}

function crawlerNameOf(userAgent: string): string {
  const named = /Ezooms|ia_archiver|Mediapartners-Google|Yahoo! Slurp/i.exec(userAgent)?.[0];
  return (named ?? crawlerName.exec(userAgent)?.[1] ?? productOf(userAgent)).slice(0, 40);
}

function productOf(userAgent: string): string {
  const inside = /compatible; ?([^;()/]{2,40})/.exec(userAgent)?.[1];
  return (inside ?? /^[^/(;]{1,40}/.exec(userAgent)?.[0] ?? userAgent).trim().slice(0, 40) || 'unnamed';
}
