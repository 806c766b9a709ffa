import type { Session } from '../traffic/session.ts';

/** What is left out at once, and so what the figures say. */
export type HeldOutKind =
  /** All browsers of one engine, and every program that claims one. */
  | 'engine'
  /** The versions that are run here and what is newer, and every program that claims one: yesterday's model, today's browsers. */
  | 'newer-versions'
  /** Some programs, others of their kind stay. */
  | 'programs'
  /** Every browser that is not under a person's hands. */
  | 'all-automation';

/** Families that a model is trained without, to see what it makes of clients that it never met. */
export interface HeldOut {
  readonly name: string;
  readonly kind: HeldOutKind;
  /** Judged by the model that never saw it. */
  includes(session: Session): boolean;
  /** Kept from training. */
  leavesOut(session: Session): boolean;
}

type Matches = (session: Session) => boolean;

const claims =
  (userAgent: RegExp): Matches =>
  ({ requests }) =>
    requests.some(({ rawHeaders }) => rawHeaders.some((text) => userAgent.test(text)));

/** With programs that claim the browser left in, it would be known as a program's alone. */
function engine(name: string, family: RegExp, userAgent: RegExp): HeldOut {
  const includes: Matches = (session) => session.label === 'human' && family.test(session.family);
  const isClaimed = claims(userAgent);
  return { name, kind: 'engine', includes, leavesOut: (session) => includes(session) || isClaimed(session) };
}

const isNew: Matches = ({ requests }) =>
  requests.some(({ rawHeaders }) =>
    rawHeaders.some((text) => {
      const [, product, major] = /(Chrome|Firefox)\/(\d+)/.exec(text) ?? [];
      return Number(major) >= (product === 'Chrome' ? 150 : 148);
    }),
  );

/** Several go at a time, which is harder for each than going alone and costs one training instead of many. */
function programs(family: RegExp): HeldOut {
  const includes: Matches = (session) => session.label === 'bot' && family.test(session.family);
  return { name: `programs: ${family.source}`, kind: 'programs', includes, leavesOut: includes };
}

const isAutomated: Matches = ({ family }) => /^(headless|puppeteer|playwright|selenium)/.test(family);

export const heldOuts: readonly HeldOut[] = [
  engine('people with Chromium', /^(chrom|edge|opera|samsung|in-app)/, / (Headless)?Chrome\/\d/),
  engine('people with Firefox', /^firefox/, / Firefox\/\d/),
  engine('people with Safari', /^safari/, /AppleWebKit\/60[^C]*$/),
  {
    name: 'people with versions newer than any in training',
    kind: 'newer-versions',
    includes: (session) => session.label === 'human' && isNew(session),
    leavesOut: isNew,
  },
  programs(/^(curl|php|wget|lynx|dirb|axel|ab$|httpie|got-scraping|puppeteer)/),
  programs(/^(python|scrapy|perl|wapiti|nmap|sqlmap|newsboat|impit|playwright)/),
  programs(/^(node|undici|axios|got$|superagent|aria2|siege|w3m|links|elinks|wreq|selenium)/),
  programs(
    /^(go$|ffuf|gobuster|hey|java|okhttp|ruby|dotnet|wrk|h2load|load tool|scanner|raw socket|crawler|headless firefox)/,
  ),
  {
    name: 'all automated browsers at once',
    kind: 'all-automation',
    includes: isAutomated,
    leavesOut: isAutomated,
  },
];
