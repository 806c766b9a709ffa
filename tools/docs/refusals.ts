import { refusals } from '../../src/contract/finding.ts';
import type { Section } from './section.ts';
import { table, words } from './table.ts';

const places: Readonly<Record<string, string>> = {
  envelope: 'the envelope',
  payload: 'any payload',
  force: 'bringing it into force',
};

/** What each reason means; where it comes from in the rules above says the rest. */
export const refusalsSection: Section = {
  file: 'docs/bundles.md',
  marker: 'refusals',
  make: () =>
    table(
      ['reason', 'found in', 'what it means'],
      Object.entries(refusals).map(([reason, { about, says }]) => [words([reason]), places[about] ?? about, says]),
    ),
};
