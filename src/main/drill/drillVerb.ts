import { drillFlags } from '../../cli/drillOptions.ts';
import { exits, type Verb } from '../../cli/terminal/verb.ts';

/** The row of `holdfast drill`: arguments, options, help, and what runs it. */
export const drillVerb: Verb = {
  name: 'drill',
  summary: 'replay a past outage against the real processes',
  forms: [{ words: 'run 2025-11-18' }],
  says: `Plays the outage of 18 November 2025 against real processes in a folder of their own: ClickHouse with real users and
grants, a signed feature file, an edge with two workers, people and bots from addresses of 127.0.0.0/8.`,
  flags: drillFlags,
  prints: 'what happens as it happens, then the verdict',
  exits: { ...exits(1), 0: 'everything held', 1: 'something did not hold', 130: 'interrupted' },
  run: async (asked, io) => (await import('./drill.ts')).drillCommand(asked, io),
};
