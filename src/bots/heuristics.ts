import type { BotIdentity } from '../contract/verifiedBots.ts';
import type { RequestFacts } from './request/requestFacts.ts';

/** A rule about one request that is right (almost) always: a hit makes the score 1. */
export interface Heuristic {
  readonly id: string;
  /** One sentence for `holdfast score` and the documentation. */
  readonly summary: string;
  /** `identity` is left away where nobody looked who it is. */
  hits(facts: RequestFacts, identity?: BotIdentity): boolean;
}

/**
 * In their fixed order; ids are stable, they stand in the log. A heuristic that could hit a person's browser does not
 * belong here: what is merely unlikely is the model's business.
 */
export const heuristics: readonly Heuristic[] = [
  {
    id: 'tool-user-agent',
    summary: 'The user agent names an HTTP tool, library or scanner.',
    hits: ({ userAgent }) => userAgent.selfName === 'tool',
  },
  {
    id: 'crawler-user-agent',
    summary: 'The user agent names a crawler.',
    hits: ({ userAgent }) => userAgent.selfName === 'crawler',
  },
  {
    id: 'no-user-agent',
    summary: 'There is neither a user agent nor an Accept-Language, which every browser sends.',
    hits: ({ userAgent, languages }) => userAgent.text === '' && languages === null,
  },
  {
    id: 'browser-without-headers',
    summary: 'It claims a browser and has neither Accept, nor Accept-Encoding, nor Accept-Language.',
    hits: ({ claimsBrowser, languages, encodings, head }) =>
      claimsBrowser &&
      languages === null &&
      (encodings === null || head.isRelayed) &&
      head.headers.accept === undefined,
  },
  {
    id: 'chromium-as-tool',
    summary:
      'It claims Chromium 90 or newer over HTTP/1.1 and has a tool’s five header lines or fewer: no language, no encoding, no client hints, no fetch metadata.',
    hits: (facts) =>
      claimsRecentChromium(facts) &&
      facts.languages === null &&
      facts.clientHints === 0 &&
      facts.fetchMetadata === 0 &&
      // Version and encodings are a trusted proxy's own, and it adds some lines.
      (facts.head.isRelayed
        ? facts.headerCount <= 5 + proxyLinesMax
        : facts.head.version === '1.1' && facts.encodings === null && facts.headerCount <= 5),
  },
  {
    id: 'headless-brand',
    summary: 'The client hints name a headless browser.',
    hits: ({ brands }) => brands?.namesHeadless === true,
  },
  {
    id: 'any-language',
    summary: 'It claims a browser and accepts the language `*`, as one HTTP library does and no browser.',
    hits: ({ claimsBrowser, head }) => claimsBrowser && head.headers['accept-language'] === '*',
  },
  {
    id: 'hints-against-user-agent',
    summary: 'The client hints name another major version of Chromium than the user agent, by more than 3.',
    hits: ({ brands, userAgent }) =>
      brands !== null &&
      userAgent.engine === 'chromium' &&
      userAgent.family !== 'other-chromium' &&
      Math.abs(brands.chromiumMajor - userAgent.major) > 3,
  },
  {
    id: 'foreign-fetch-metadata',
    summary: 'It sends Sec-Fetch-Mode alone, as one HTTP library does and no browser.',
    hits: ({ fetchMetadata, head }) =>
      fetchMetadata === 1 && head.headers['sec-fetch-mode'] === 'cors' && head.headers['user-agent'] !== undefined,
  },
  {
    id: 'impostor-crawler',
    summary: 'The user agent claims a known operator’s bot, and the address is surely not that operator’s.',
    hits: (_facts, identity) => identity?.isImpostor === true,
  },
];

/** What proxies add to a head: X-Forwarded-*, an encoding, an id. */
const proxyLinesMax = 6;

export const noHits: readonly string[] = Object.freeze([]);

/** Ids of those that hit, in order. */
export function hitHeuristics(facts: RequestFacts, identity?: BotIdentity): readonly string[] {
  let hits = noHits;
  for (const heuristic of heuristics) if (heuristic.hits(facts, identity)) hits = [...hits, heuristic.id];
  return hits;
}

function claimsRecentChromium({ userAgent }: RequestFacts): boolean {
  return userAgent.engine === 'chromium' && userAgent.major >= 90 && !userAgent.isWebView;
}
