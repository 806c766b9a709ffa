import type { Session } from './session.ts';

/** A family that a model is trained without, to see what it makes of clients that it never met. */
export interface HeldOut {
  readonly name: string;
  includes(session: Session): boolean;
}

const bots = (name: string, pattern: RegExp): HeldOut => ({
  name: `${name} (bots)`,
  includes: ({ label, family }) => label === 'bot' && pattern.test(family),
});
const people = (name: string, pattern: RegExp): HeldOut => ({
  name: `${name} (people)`,
  includes: ({ label, family }) => label === 'human' && pattern.test(family),
});

export const heldOuts: readonly HeldOut[] = [
  bots('curl', /^curl/),
  bots('python', /^python|^scrapy/),
  bots('node', /^node/),
  bots('go and java', /^(go|java)$/),
  bots('headless chromium', /^headless/),
  people('firefox', /^firefox/),
  people('safari', /^safari/),
  people('chromium as recorded', /^chromium/),
];
