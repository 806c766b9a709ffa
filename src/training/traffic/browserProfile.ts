import type { Chance } from '../../kernel/chance.ts';

/** One person's browser: what stays the same over all of their requests. */
export interface BrowserProfile {
  readonly family: 'chrome' | 'edge' | 'opera' | 'samsung' | 'firefox' | 'safari' | 'in-app';
  readonly engine: 'chromium' | 'gecko' | 'webkit';
  readonly userAgent: string;
  readonly major: number;
  /** Chromium's client hints with their values; absent from old versions. */
  readonly hints: { readonly brands: string; readonly mobile: '?0' | '?1'; readonly platform: string } | undefined;
  readonly language: string;
  readonly doNotTrack: boolean;
  readonly globalPrivacyControl: boolean;
  readonly cookies: boolean;
  /** Pages' scripts run. Chromium leaves its client hints away where they do not (seen in version 156). */
  readonly scripts: boolean;
  readonly referer: 'full' | 'origin' | 'never';
  /** Brave's own order: Sec-GPC and Accept-Language right behind Accept. */
  readonly earlyLanguage: boolean;
  /** Safari's stack keeps no single order over its versions; this picks one. */
  readonly orderVariant: number;
}

/** Where real values come from: the packages `user-agents` (weighted strings) and `header-generator`. */
export interface ProfileSource {
  userAgent(): string;
  /** Sec-CH-UA and the like that go with a real user agent, lower-case names. */
  headers(): Readonly<Record<string, string>>;
}

export function drawProfile(chance: Chance, source: ProfileSource): BrowserProfile {
  for (;;) {
    const headers = chance.happens(0.3) ? source.headers() : {};
    const userAgent = headers['user-agent'] ?? source.userAgent();
    const claim = readUserAgent(userAgent);
    if (claim === undefined) continue;
    const given =
      headers['sec-ch-ua'] === undefined
        ? undefined
        : {
            brands: headers['sec-ch-ua'],
            mobile: headers['sec-ch-ua-mobile'] === '?1' ? ('?1' as const) : ('?0' as const),
            platform: headers['sec-ch-ua-platform'] ?? platformOf(userAgent),
          };
    const isPrivate = chance.happens(0.2);
    const scripts = !(isPrivate && chance.happens(0.12));
    const isBrave = claim.family === 'chrome' && chance.happens(0.08);
    return {
      ...claim,
      userAgent,
      hints:
        claim.engine === 'chromium' && claim.major >= 89 && scripts
          ? (given ?? makeHints(chance, claim, userAgent, isBrave))
          : undefined,
      language: isPrivate ? privateLanguage(claim.engine) : drawLanguage(chance, claim.engine),
      doNotTrack: isPrivate ? chance.happens(0.4) : chance.happens(0.05),
      globalPrivacyControl: isBrave || (claim.engine === 'gecko' && chance.happens(isPrivate ? 0.6 : 0.05)),
      cookies: isPrivate ? chance.happens(0.5) : chance.happens(0.93),
      referer: isPrivate ? chance.pick(['full', 'origin', 'never']) : chance.happens(0.03) ? 'never' : 'full',
      earlyLanguage: isBrave,
      orderVariant: chance.whole(0, 3),
      scripts,
    };
  }
}

type Claim = Pick<BrowserProfile, 'family' | 'engine' | 'major'>;

export function readUserAgent(userAgent: string): Claim | undefined {
  // EdgeHTML, and apps that write Chrome's name over Safari's engine: too rare to know their headers.
  if (/Edge\/|AppleWebKit\/605.*Chrome\//.test(userAgent)) return undefined;
  const version = (pattern: RegExp) => Number(pattern.exec(userAgent)?.[1] ?? Number.NaN);
  const inApp = /FBAN|FBAV|Instagram|GSA\/|; wv\)|Line\/|TikTok|Snapchat|Pinterest/.test(userAgent);
  const webkitPhone = /iPhone|iPad/.test(userAgent);
  const firefox = version(/Firefox\/(\d+)/);
  if (firefox > 0 && /rv:/.test(userAgent)) return { family: 'firefox', engine: 'gecko', major: firefox };
  const chromium = version(/Chrome\/(\d+)/);
  if (chromium > 0 && !webkitPhone) {
    const family = inApp
      ? 'in-app'
      : /Edg/.test(userAgent)
        ? 'edge'
        : /OPR\//.test(userAgent)
          ? 'opera'
          : /SamsungBrowser/.test(userAgent)
            ? 'samsung'
            : 'chrome';
    return { family, engine: 'chromium', major: chromium };
  }
  if (webkitPhone || /Version\/\d+.* Safari\//.test(userAgent)) {
    const major = version(/Version\/(\d+)/);
    return { family: inApp ? 'in-app' : 'safari', engine: 'webkit', major: major > 0 ? major : 17 };
  }
  return undefined;
}

const fillerBrands = [
  'Not:A-Brand',
  'Not_A Brand',
  'Not/A)Brand',
  'Not.A/Brand',
  'Not(A:Brand',
  'Not;A=Brand',
  ' Not A;Brand',
];

function makeHints(chance: Chance, claim: Claim, userAgent: string, isBrave: boolean): BrowserProfile['hints'] {
  const product = isBrave
    ? 'Brave'
    : ({ edge: 'Microsoft Edge', opera: 'Opera', samsung: 'Samsung Internet', 'in-app': 'Android WebView' }[
        claim.family as string
      ] ?? (chance.happens(0.12) ? undefined : 'Google Chrome'));
  const ownVersion = /(?:OPR|SamsungBrowser)\/(\d+)/.exec(userAgent)?.[1] ?? String(claim.major);
  const brands = [
    `"${chance.pick(fillerBrands)}";v="${chance.pick(['8', '24', '99'])}"`,
    `"Chromium";v="${claim.major}"`,
    ...(product === undefined ? [] : [`"${product}";v="${ownVersion}"`]),
  ];
  const isMobile = /Mobile/.test(userAgent);
  return {
    brands: chance.shuffled(brands).join(', '),
    mobile: isMobile ? '?1' : '?0',
    platform: platformOf(userAgent),
  };
}

function platformOf(userAgent: string): string {
  if (/Windows/.test(userAgent)) return '"Windows"';
  if (/Android/.test(userAgent)) return '"Android"';
  if (/CrOS/.test(userAgent)) return '"Chrome OS"';
  return /Macintosh/.test(userAgent) ? '"macOS"' : '"Linux"';
}

const locales =
  'en-US en-GB de-DE fr-FR es-ES pt-BR it-IT nl-NL pl-PL ru-RU tr-TR ja-JP ko-KR zh-CN zh-TW sv-SE cs-CZ uk-UA ar-SA he-IL hi-IN id-ID vi-VN th-TH es-MX en-IN en-AU fr-CA'.split(
    ' ',
  );

/** The three shapes in use: `de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7`, its short form, and a bare `en-US`. */
function drawLanguage(chance: Chance, engine: BrowserProfile['engine']): string {
  const first = chance.happens(0.4) ? 'en-US' : chance.pick(locales);
  const short = first.slice(0, 2);
  if (engine === 'gecko')
    return first === 'en-US'
      ? chance.pick(['en-US,en;q=0.5', 'en-US,en;q=0.9'])
      : `${first},${short};q=0.8,en-US;q=0.5,en;q=0.3`;
  if (engine === 'webkit') return chance.happens(0.7) ? `${first},${short};q=0.9` : first.toLowerCase();
  if (chance.happens(0.1)) return first;
  if (short === 'en' || chance.happens(0.3)) return `${first},${short};q=0.9`;
  return `${first},${short};q=0.9,en-US;q=0.8,en;q=0.7`;
}

/** What Tor Browser, Brave and Firefox's fingerprinting protection say whatever the person speaks. */
function privateLanguage(engine: BrowserProfile['engine']): string {
  return engine === 'gecko' ? 'en-US,en;q=0.5' : 'en-US,en;q=0.9';
}
