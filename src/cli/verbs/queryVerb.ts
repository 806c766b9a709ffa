import { dataFlag, exits, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast query`: arguments, options, help, and what runs it. */
export const queryVerb: Verb = {
  name: 'query',
  summary: 'ask the request log in ClickHouse',
  forms: [{ words: 'SQL' }],
  says: `Asks the ClickHouse of the factory that runs here. SQL is one statement, in quotes; the tables are http_requests and
http_requests_features.`,
  flags: {
    ...dataFlag,
    format: {
      takes: 'NAME',
      byDefault: 'TabSeparatedWithNames',
      says: 'a format of ClickHouse: PrettyCompact, JSONEachRow, CSV, …',
    },
    write: { says: 'runs a statement that changes something, like ALTER TABLE' },
  },
  examples: ["holdfast query 'SELECT source, count(), avg(score) FROM http_requests GROUP BY source'"],
  prints: "ClickHouse's answer",
  exits: exits(1, 69),
  run: async (asked, io) => (await import('../query.ts')).query(asked, io),
};
