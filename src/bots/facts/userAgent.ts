import { BoundedMemo } from '../../kernel/boundedMemo.ts';
import { botLimits } from './limits.ts';
import { selfNameOf } from './selfName.ts';
import { countUserAgentOddities } from './userAgentOddities.ts';

/** Closed list; the position is the value of the feature `user-agent-family`. */
export const userAgentFamilies = [
  'none',
  'chrome',
  'edge',
  'other-chromium',
  'firefox',
  'safari',
  'webkit-app',
  'other-mozilla',
  'library',
  'other',
] as const;
export type UserAgentFamily = (typeof userAgentFamilies)[number];

/** Closed list; the position is the value of the feature `user-agent-platform`. */
export const platforms = ['none', 'windows', 'macos', 'linux', 'android', 'ios', 'chromeos', 'other'] as const;
export type Platform = (typeof platforms)[number];

/** Whose network stack the claimed browser would use: on iOS every browser is WebKit. */
export type Engine = 'chromium' | 'gecko' | 'webkit' | 'none';

/** What a user agent claims to be. Nothing here is believed; it is what the rest of the request is compared with. */
export interface UserAgentFacts {
  readonly text: string;
  readonly family: UserAgentFamily;
  readonly engine: Engine;
  /** Version of the engine's browser (Chrome/N, Firefox/N, Version/N); NaN when it names none. */
  readonly major: number;
  readonly platform: Platform;
  readonly isMobile: boolean;
  /** An app's embedded browser: sends fewer headers than the browser it is made of. */
  readonly isWebView: boolean;
  readonly isHeadless: boolean;
  /** `name/version` of a program rather than a browser's sentence. */
  readonly isLibraryLike: boolean;
  /** What it openly says it is; see `selfNameOf`. */
  readonly selfName: 'tool' | 'crawler' | null;
  /** Words that programs use to name themselves. */
  readonly automationTokens: number;
  readonly tokens: number;
  /** Features of the sentence that no browser of the claimed family and version has. */
  readonly oddities: number;
  readonly shared: SharedFigures;
}

/** What a feature set made of facts that many requests have in common, for the set that asked last. */
export interface SharedFigures {
  owner: object | undefined;
  figures: Float32Array;
}

/** Chromium sends low-entropy client hints by default since this version (Chrome 89, March 2021). */
const hintsSince = 89;

/** Whether such a browser sends client hints to secure sites: all Chromium does, but for apps' and where scripts are off. */
export function sendsClientHints({ engine, major, isWebView }: UserAgentFacts): boolean {
  return engine === 'chromium' && major >= hintsSince && !isWebView;
}

const userAgents = new BoundedMemo(parseUserAgent);

/** The same as `parseUserAgent`, remembered: few user agents make most requests. */
export function userAgentFacts(text: string): UserAgentFacts {
  return userAgents.get(text);
}

export function parseUserAgent(full: string): UserAgentFacts {
  const text = full.slice(0, botLimits.inspectedCharsMax);
  const platform = platformOf(text);
  // iOS browsers, and Chrome on iOS when asked for the desktop site, are WebKit; Edge/N was EdgeHTML.
  const isOther = platform === 'ios' || text.includes('Edge/') || text.includes('AppleWebKit/605');
  const chromium = isOther ? null : /Chrom(?:e|ium)\/(\d{1,4})/.exec(text);
  const gecko = chromium === null && text.includes(' Gecko/') && /Firefox\/(\d{1,4})/.exec(text);
  const webkit = chromium === null && text.includes('AppleWebKit/') && /Version\/(\d{1,4})/.exec(text);
  const engine: Engine = chromium
    ? 'chromium'
    : gecko
      ? 'gecko'
      : text.startsWith('Mozilla/5.0 (') &&
          text.includes('AppleWebKit/') &&
          (platform === 'ios' || platform === 'macos')
        ? 'webkit'
        : 'none';
  const major = Number((chromium || gecko || webkit || iosSystem(text))?.[1] ?? Number.NaN);
  const isLibraryLike = /^[\w.\- ]{1,40}(?:\/v?\d[\w.\-+]*)?(?:$|[ ;(])/.test(text) && !text.startsWith('Mozilla/');
  const family = familyOf(text, engine, isLibraryLike);
  const facts = {
    text: full,
    family,
    engine,
    major,
    platform,
    isMobile: /Mobile|iPhone|iPod/.test(text),
    isWebView: /; wv\)|\bwv\b|FBA[NV]\/|Instagram|Line\//.test(text) || family === 'webkit-app',
    isHeadless: /Headless|PhantomJS|SlimerJS/i.test(text),
    isLibraryLike,
    selfName: selfNameOf(text),
    automationTokens: countMatches(text, automationWord),
    tokens: text === '' ? 0 : text.split(' ').length,
  };
  const shared = { owner: undefined, figures: nothing };
  return { ...facts, oddities: countUserAgentOddities(text, facts), shared };
}

const nothing = new Float32Array(0);

/** `CUBOT` is a maker of telephones. */
const automationWord =
  /(?<!cu)bot\b|bot[/;_-]|robot|crawl|spider|scrap(?:e|y)|headless|phantom|selenium|webdriver|puppeteer|playwright|curl|wget|python|java\/|okhttp|go-http|libwww(?=-perl)|httpclient|http-client|http_request|axios|node-fetch|undici|guzzle|perl|ruby|php\/|fetch(?:er)?\b|monitor|checker|validator|archiver|preview|\bfeed|\brss|\+https?:|@[\w-]+\.\w/gi;

function countMatches(text: string, pattern: RegExp): number {
  let count = 0;
  pattern.lastIndex = 0;
  while (count < 16 && pattern.exec(text) !== null) count += 1;
  return count;
}

function iosSystem(text: string): RegExpExecArray | null {
  return / OS (\d{1,3})_/.exec(text);
}

function platformOf(text: string): Platform {
  if (text === '') return 'none';
  if (text.includes('Windows')) return 'windows';
  if (text.includes('Android')) return 'android';
  if (text.includes('iPhone') || text.includes('iPad') || text.includes('iPod')) return 'ios';
  if (text.includes('CrOS')) return 'chromeos';
  if (text.includes('Macintosh')) return 'macos';
  if (text.includes('Linux') || text.includes('X11')) return 'linux';
  return text.includes('(') ? 'other' : 'none';
}

function familyOf(text: string, engine: Engine, isLibraryLike: boolean): UserAgentFamily {
  if (text === '') return 'none';
  if (engine === 'chromium') {
    if (text.includes(' Edg/') || text.includes(' EdgA/')) return 'edge';
    return / (?:OPR|SamsungBrowser|Vivaldi|YaBrowser|UCBrowser|DuckDuckGo|Whale|MiuiBrowser|HuaweiBrowser)\//.test(text)
      ? 'other-chromium'
      : 'chrome';
  }
  if (engine === 'gecko') return 'firefox';
  if (engine === 'webkit') return text.includes('Safari/') ? 'safari' : 'webkit-app';
  if (text.startsWith('Mozilla/')) return 'other-mozilla';
  return isLibraryLike ? 'library' : 'other';
}
