import { dataFlag, exits, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast columns`: arguments, options, help, and what runs it. */
export const columnsVerb: Verb = {
  name: 'columns',
  summary: 'add a feature column in ClickHouse, or change its parameters',
  forms: [{ words: 'add NAME TYPE JSON' }],
  says: `Adds a column to http_requests_features, or changes the comment of one that is there; the next feature file has it.
TYPE is UInt8, UInt16, UInt32, Int32 or Float32; JSON is {"extractor", "parameters", "range": [min, max], "default": number or null}.`,
  flags: dataFlag,
  examples: [
    `holdfast columns add has_x_app UInt8 '{"extractor":"header-present","parameters":{"header":"x-app"},"range":[0,1],"default":0}'`,
  ],
  prints: 'the name, and when it comes into force',
  exits: exits(1, 69),
  run: async (asked, io) => (await import('../columns.ts')).columns(asked, io),
};
