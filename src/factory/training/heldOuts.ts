import type { Session } from './session.ts';

/** A family that a model is trained without, to see what it makes of clients that it never met. */
export interface HeldOut {
  readonly name: string;
  /** Judged by the model that never saw it. */
  includes(session: Session): boolean;
  /** Kept from training: the family itself, and for people also the programs that borrow its user agent. */
  leavesOut(session: Session): boolean;
}

const bots = (name: string, family: RegExp): HeldOut => {
  const includes = (session: Session) => session.label === 'bot' && family.test(session.family);
  return { name: `${name} (bots)`, includes, leavesOut: includes };
};

/** With the borrowers left in, a family's user agent would be known as a program's alone. */
const people = (name: string, family: RegExp, userAgent: RegExp): HeldOut => {
  const includes = (session: Session) => session.label === 'human' && family.test(session.family);
  const borrows = (session: Session) =>
    session.pasted && session.requests.some(({ rawHeaders }) => rawHeaders.some((text) => userAgent.test(text)));
  return { name: `${name} (people)`, includes, leavesOut: (session) => includes(session) || borrows(session) };
};

export const heldOuts: readonly HeldOut[] = [
  bots('curl', /^curl/),
  bots('python', /^python|^scrapy/),
  bots('node', /^node/),
  bots('go and java', /^(go|java)$/),
  bots('headless chromium', /^headless/),
  people('firefox', /^firefox/, /Gecko\/\S+ Firefox\//),
  people('safari', /^safari/, /AppleWebKit\/60[^C]*$/),
  people('chromium as recorded', /^chromium/, /^$/),
];
