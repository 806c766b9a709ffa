import { dataFlag, exits, type Verb } from '../terminal/verb.ts';

/** The row of `holdfast score`: arguments, options, help, and what runs it. */
export const scoreVerb: Verb = {
  name: 'score',
  summary: 'explain the score of a raw request head in a file',
  forms: [{ words: 'FILE ...', shown: '[--json] [options]' }],
  says: `Explains the score of a request. FILE holds a raw request head ("GET / HTTP/1.1", header lines, an empty line); "-" reads
standard input. Several files are one client's requests in a row: all of them are scored, the last one is explained.`,
  flags: {
    json: { says: 'for programs: score, source, reasons, model, versions, scores of the requests before' },
    pause: { takes: 'SECONDS', byDefault: '1', says: 'between the requests' },
    ja4: { takes: 'TEXT', says: 'how the connection was opened: JA4 of the ClientHello (then --scheme is https)' },
    http2: { takes: 'TEXT', says: 'and the HTTP/2 fingerprint (SETTINGS|window|priorities|pseudo-headers)' },
    edge: { says: 'asks the running edge, which judges with what is in force there; one FILE' },
    ...dataFlag,
    relayed: { says: 'as if a trusted proxy had passed it on, whose form of the head says nothing of the visitor' },
    scheme: { takes: 'https', says: 'as if it had come over TLS; without: http' },
    client: { takes: 'ADDRESS', byDefault: '127.0.0.1', says: 'as if it had come from there' },
    'no-heuristics': { says: 'the model alone' },
    features: { takes: 'FILE', says: 'a feature file instead of the shipped one' },
    model: { takes: 'FILE', says: 'a model file instead of the shipped one' },
  },
  prints: 'the score, and what moved it by how much',
  exits: exits(1, 69),
  run: async (asked, io) => (await import('../model/score.ts')).score(asked, io),
};
