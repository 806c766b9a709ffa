import type { Chance } from '../../kernel/chance.ts';
import { type BotTool, botTools } from './botTools.ts';
import { browserHeaders } from './browserHeaders.ts';
import { type BrowserProfile, drawProfile, type ProfileSource } from './browserProfile.ts';
import { chromium, drawFalseUserAgent } from './falseUserAgent.ts';
import { drawOpening, type Opening, openerOfTool, overConnection } from './handshakes.ts';
import { drawSurroundings, Visit } from './humanSessions.ts';
import type { Session, SessionRequest } from './session.ts';
import { type LoadKind, makeSite, type SiteModel } from './siteModel.ts';

/** A program at work: mostly tools with or without a browser's dress, some automated browsers, some perfect imitators. */
export function makeBotSession(chance: Chance, source: ProfileSource): Session {
  return chance.weighted<() => Session>([
    [0.6, () => makeToolSession(chance, source, chance.pick(botTools))],
    [0.35, () => makeAutomatedBrowserSession(chance, source)],
    [0.05, () => makeImitatorSession(chance, source)],
  ])();
}

/** How much of a browser a script puts on. */
type Dress = 'none' | 'user-agent' | 'some' | 'all';

export function makeToolSession(chance: Chance, source: ProfileSource, tool: BotTool): Session {
  const surroundings = drawSurroundings(chance);
  const site = makeSite(chance, surroundings.loopback);
  const dress = chance.weighted<Dress>([
    [3, 'none'],
    [4, 'user-agent'],
    [2, 'some'],
    [2, 'all'],
  ]);
  const profile = drawProfile(chance, source);
  const secure = surroundings.scheme === 'https' || surroundings.loopback;
  const own = dressLines(chance, profile, dress, secure);
  const userAgent = dress === 'none' ? chance.pick(tool.userAgents) || undefined : profile.userAgent;
  const habits = drawHabits(chance, tool.family === 'scanner');
  const opener = openerOfTool(tool.family);
  // Tools over HTTP/2 are recorded, not made: what they change in a head for it differs from tool to tool.
  const { handshake } =
    opener === undefined
      ? { handshake: null }
      : withoutHttp2(drawOpening(chance, { opener, major: 0 }, surroundings.scheme));
  const givesCookies = chance.happens(0.6);
  const requests: SessionRequest[] = [];
  let nowMs = 0;
  for (let count = 0; count < habits.requests; count++) {
    const target = habits.target(site);
    const posts = chance.happens(habits.posts);
    const body: (readonly [string, string])[] = posts
      ? [
          ['Content-Length', String(chance.whole(2, 400))],
          ['Content-Type', chance.pick(['application/json', 'application/x-www-form-urlencoded'])],
        ]
      : [];
    const lines = tool.lines(userAgent, [...own, ...habits.extra(count)], chance);
    requests.push({
      afterMs: Math.round(nowMs),
      method: posts ? 'POST' : chance.happens(habits.heads) ? 'HEAD' : 'GET',
      target,
      version: tool.version ?? '1.1',
      rawHeaders: [...lines, ...body].flat(),
      status: chance.happens(habits.errors) ? 404 : 200,
      handshake,
      setsCookie: givesCookies,
    });
    nowMs += habits.pauseMs();
  }
  return { family: tool.family, label: 'bot', source: 'made', pasted: dress !== 'none', ...surroundings, requests };
}

function withoutHttp2({ handshake }: Opening): Opening {
  return { version: '1.1', handshake: handshake && { ...handshake, http2: null } };
}

/** Headers copied from a browser: a few by hand, or all of them from its developer tools. */
function dressLines(chance: Chance, profile: BrowserProfile, dress: Dress, secure: boolean): [string, string][] {
  if (dress === 'none' || dress === 'user-agent') return [];
  const load = {
    kind: 'document',
    method: 'GET',
    bodyBytes: 0,
    multipart: false,
    referer: chance.happens(0.3) ? 'https://www.google.com/' : undefined,
    origin: undefined,
  } as const;
  const raw = browserHeaders(
    profile,
    {
      ...load,
      site: 'none',
      userActivated: true,
      reload: chance.happens(0.3),
      cookie: chance.happens(0.2) ? 'sid=5f2c1a' : undefined,
      revalidates: false,
      scriptHeaders: [],
    },
    { secure: secure || chance.happens(0.5) },
  );
  const lines: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) lines.push([raw[index]!, raw[index + 1]!]);
  const copied = lines.filter(
    ([name]) => !/^(host|connection)$/i.test(name) || (name === 'Connection' && chance.happens(0.3)),
  );
  if (dress === 'some') return copied.filter(([name]) => /^user-agent$/i.test(name) || chance.happens(0.4));
  // Developer tools copy HTTP/2's lower-case names, in their own alphabetical order.
  if (chance.happens(0.5))
    return copied
      .map(([name, value]): [string, string] => [name.toLowerCase(), value])
      .sort(([left], [right]) => (left < right ? -1 : 1));
  return chance.happens(0.3) ? chance.shuffled(copied) : copied;
}

interface Habits {
  readonly requests: number;
  readonly posts: number;
  readonly heads: number;
  readonly errors: number;
  target(site: SiteModel): string;
  pauseMs(): number;
  extra(count: number): [string, string][];
}

const probes =
  '/.env /.git/config /wp-login.php /xmlrpc.php /phpmyadmin/ /admin/ /.aws/credentials /server-status /actuator/env /cgi-bin/luci /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php /boaform/admin/formLogin /backup.zip /config.json /.DS_Store /api/v1/pods /owa/auth/logon.aspx /index.php?id=1%27%20OR%201=1-- /?q=%3Cscript%3Ealert(1)%3C/script%3E /../../etc/passwd /solr/admin/info/system'.split(
    ' ',
  );

function drawHabits(chance: Chance, scans: boolean): Habits {
  const regularMs = chance.pick([0, 20, 100, 500, 1_000, 3_000, 5_000]);
  const isRegular = chance.happens(0.6);
  const mix = chance.weighted<readonly LoadKind[]>([
    [5, ['document']],
    [2, ['fetch', 'fetch-json']],
    [1, ['document', 'image', 'script', 'style']],
    [1, ['image']],
  ]);
  const keepsCookie = chance.happens(0.2);
  const refers = chance.happens(0.15);
  return {
    requests: chance.weighted([
      [4, 1],
      [3, 4],
      [2, 12],
      [1, 60],
    ]),
    posts: chance.happens(0.15) ? 0.5 : 0,
    heads: chance.happens(0.08) ? 0.8 : 0,
    errors: scans ? 0.9 : 0.06,
    target(site) {
      if (scans || chance.happens(0.04)) return chance.pick(probes);
      if (chance.happens(0.06)) return chance.pick(['/robots.txt', '/sitemap.xml', '/feed.xml', '/favicon.ico']);
      const kind = chance.pick(mix);
      return kind === 'document' ? site.pagePath() : site.assetPath(kind);
    },
    pauseMs: () => (isRegular ? regularMs + chance.whole(0, 30) : chance.skewed(Math.max(regularMs, 50), 0.9)),
    extra(count) {
      const lines: [string, string][] = [];
      if (keepsCookie && count > 0) lines.push(['Cookie', 'sid=5f2c1a']);
      if (refers) lines.push(['Referer', 'http://{host}/']);
      return lines;
    },
  };
}

/** Puppeteer, Playwright, Selenium and their like: a real browser's stack under a program, often with claims that do not fit it. */
export function makeAutomatedBrowserSession(chance: Chance, source: ProfileSource): Session {
  const surroundings = drawSurroundings(chance);
  const site = makeSite(chance, surroundings.loopback);
  const major = chance.whole(90, 157);
  const pasted = chance.happens(0.55);
  const secure = surroundings.scheme === 'https' || surroundings.loopback;
  // Drivers that replace the user agent by the protocol's command and say nothing of hints take the hints away.
  const isHintless = pasted && secure && chance.happens(0.5);
  const claimed = isHintless
    ? chromium(chance.happens(0.5) ? major : chance.whole(100, 157), chance.pick(systems))
    : pasted
      ? drawFalseUserAgent(chance, source, { major, secure })
      : chromium(major, 'X11; Linux x86_64').replace(' Chrome/', ' HeadlessChrome/');
  const headlessBrand = chance.happens(0.4) ? 'HeadlessChrome' : 'Chromium';
  const brands = `"Not:A-Brand";v="8", "Chromium";v="${major}"${headlessBrand === 'Chromium' ? '' : `, "HeadlessChrome";v="${major}"`}`;
  const profile: BrowserProfile = {
    ...{
      family: 'chrome',
      engine: 'chromium',
      userAgent: claimed,
      major,
      doNotTrack: false,
      globalPrivacyControl: false,
    },
    ...{ cookies: true, scripts: true, referer: 'full', earlyLanguage: false, orderVariant: 0 },
    hints: isHintless ? undefined : { brands, mobile: '?0', platform: '"Linux"' },
    language: chance.pick(['en-US,en;q=0.9', 'en-US', 'en-US,en;q=0.9']),
  };
  const visit = new Visit(chance, profile, site, surroundings);
  const pages = chance.weighted([
    [4, 1],
    [2, 3],
    [1, 8],
  ]);
  const isScripted = chance.happens(0.75);
  for (let page = 0; page < pages; page++) visit.openPage(page === 0, isScripted);
  // Older headless browsers send no Accept-Language at all.
  const mute = major < 112 && chance.happens(0.6);
  const requests = visit.requests
    .sort((left, right) => left.afterMs - right.afterMs)
    .map((request) => ({
      ...request,
      afterMs: Math.round(request.afterMs / 3),
      rawHeaders: mute ? without(request.rawHeaders, 'Accept-Language') : request.rawHeaders,
    }));
  const opening = drawOpening(chance, { opener: 'chromium', major }, surroundings.scheme);
  return {
    family: 'headless chromium',
    label: 'bot',
    source: 'made',
    pasted,
    ...surroundings,
    requests: overConnection(requests, opening, profile),
  };
}

const systems = ['X11; Linux x86_64', 'Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7'];

/** Programs with a browser's very headers (curl-impersonate and its like): only what they do tells them apart. */
export function makeImitatorSession(chance: Chance, source: ProfileSource): Session {
  const surroundings = drawSurroundings(chance);
  const site = makeSite(chance, surroundings.loopback);
  const profile = drawProfile(chance, source);
  const secure = surroundings.scheme === 'https' || surroundings.loopback;
  const pauseMs = chance.pick([30, 100, 300, 1_000, 3_000]);
  const givesCookies = chance.happens(0.6);
  const rawHeaders = browserHeaders(
    profile,
    {
      kind: 'document',
      method: 'GET',
      bodyBytes: 0,
      multipart: false,
      referer: undefined,
      origin: undefined,
      site: 'none',
      userActivated: true,
      reload: false,
      cookie: undefined,
      revalidates: false,
      scriptHeaders: [],
    },
    { secure },
  );
  const requests = Array.from({ length: chance.whole(8, 40) }, (_, count) => ({
    ...{
      afterMs: count * pauseMs + chance.whole(0, 20),
      method: 'GET',
      target: site.pagePath(),
      version: '1.1' as const,
    },
    ...{ rawHeaders, status: chance.happens(0.05) ? 404 : 200, setsCookie: givesCookies },
  }));
  const opening = drawOpening(chance, { opener: profile.engine, major: profile.major }, surroundings.scheme);
  return {
    ...{ family: 'imitator', label: 'bot', source: 'made', pasted: true, ...surroundings },
    requests: overConnection(requests, opening, profile),
  };
}

function without(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => rawHeaders[index - (index % 2)] !== name);
}
