import type { Session } from './session.ts';

/**
 * Families that a model is trained without, to see what it makes of clients that it never met. Several go at a time, which is
 * harder for each than going alone and costs one training instead of many.
 */
export interface HeldOut {
  readonly name: string;
  /** Judged by the model that never saw it. */
  includes(session: Session): boolean;
  /** Kept from training: the family itself, and for people also the programs that borrow its user agent. */
  leavesOut(session: Session): boolean;
}

type Matches = (session: Session) => boolean;

const bots =
  (family: RegExp): Matches =>
  ({ label, family: own }) =>
    label === 'bot' && family.test(own);

/** With the borrowers left in, a family's user agent would be known as a program's alone. */
const people =
  (family: RegExp): Matches =>
  ({ label, family: own }) =>
    label === 'human' && family.test(own);
const borrows =
  (userAgent: RegExp): Matches =>
  (session) =>
    session.pasted && session.requests.some(({ rawHeaders }) => rawHeaders.some((text) => userAgent.test(text)));

/** Versions of the browsers that are run here, and whatever is newer: what training knew of them half a year before. */
const isNew: Matches = (session) =>
  session.requests.some(({ rawHeaders }) =>
    rawHeaders.some((text) => {
      const [, engine, major] = /(Chrome|Firefox|rv:)\/?(\d+)/.exec(text) ?? [];
      return engine === 'Chrome' ? Number(major) >= 150 : engine !== undefined && Number(major) >= 148;
    }),
  );

const either =
  (...all: Matches[]): Matches =>
  (session) =>
    all.some((one) => one(session));

function fold(name: string, includes: Matches, alsoLeavesOut: Matches = () => false): HeldOut {
  return { name, includes, leavesOut: either(includes, alsoLeavesOut) };
}

const chromiumFamilies = /^(chrom|edge|opera|samsung|in-app)/;

export const heldOuts: readonly HeldOut[] = [
  fold('people: Chromium', people(chromiumFamilies), borrows(/ Chrome\/\d/)),
  fold(
    'people: Firefox; bots: imitators, curl, PHP, Go, wget',
    either(
      people(/^firefox/),
      bots(/^(imitator|got-scraping|impit|wreq|curl|php|go$|wget|scanner|sqlmap|lynx|dirb|axel|hey)/),
    ),
    borrows(/Gecko\/\S+ Firefox\//),
  ),
  fold(
    'people: Safari; bots: Python, Perl, links',
    either(people(/^safari/), bots(/^(python|scrapy|perl|ffuf|gobuster|w3m|ab$|httpie|newsboat|links|elinks)/)),
    borrows(/AppleWebKit\/60[^C]*$/),
  ),
  fold(
    'people: newer versions; bots: Node, Java, Ruby',
    either(
      (session) => session.label === 'human' && isNew(session),
      bots(
        /^(node|undici|axios|got$|superagent|java|okhttp|ruby|dotnet|wapiti|nmap|aria2|siege|wrk|h2load|load tool|raw socket|crawler)/,
      ),
    ),
  ),
  fold('bots: headless and driven browsers', bots(/^(headless|puppeteer|playwright|selenium)/)),
];
