import { exits, type Verb } from '../cli/terminal/verb.ts';
import { edgeStatusVerb } from '../cli/verbs/edgeStatusVerb.ts';
import { workerMemoryMiBMaxDefault } from '../contract/edgeOptions.ts';

/** The row of `holdfast edge`: arguments, options, help, and what runs it. */
export const edgeVerb: Verb = {
  name: 'edge',
  summary: 'start an edge alone',
  forms: [{ words: '', shown: '(--config FILE | --origin URL) [options]' }],
  says: `Starts an edge alone: supervisor, agent and workers. With control it takes features, model and switches from there;
without, it serves from last good and takes local commands.`,
  flags: {
    config: { takes: 'FILE', says: 'the sites of this edge, from a file' },
    origin: { takes: 'URL', says: 'or one site for every host: the application at http://HOST:PORT' },
    data: { takes: 'DIR', byDefault: './.holdfast', says: 'where everything is kept' },
    listen: { takes: 'HOST:PORT', says: "where it serves; without: the file's, else 127.0.0.1:8080" },
    workers: { takes: 'N', says: "worker processes; without: the file's, else one per core" },
    'trusted-proxy': { takes: 'CIDR', repeats: true, says: 'whose X-Forwarded-For counts' },
    edge: { takes: 'NAME', says: 'name of this edge in logs and control; without: the host name' },
    control: { takes: 'URL', says: "control's address; its token is read from --control-token-file" },
    'control-token-file': { takes: 'FILE', says: 'without: DIR/control/token' },
    'admin-listen': {
      takes: 'HOST:PORT',
      says: "the admin socket on a loopback address, too; without: the file's, else DIR/run/admin.sock alone",
    },
    'worker-memory-max': {
      takes: 'MIB',
      says: `a worker that holds more is replaced; without: the file's, else ${workerMemoryMiBMaxDefault}`,
    },
    'access-log': { takes: 'FILE|stdout', says: "a line of JSON per request; without: the file's, else none" },
    'no-log': { says: 'no request log: no record is made for a factory' },
  },
  prints: 'lines of JSON: what the processes say; and the access log, where that goes to `stdout`',
  exits: { ...exits(), 0: 'it was told to end' },
  serves: true,
  verbs: [edgeStatusVerb],
  run: async (asked, io) => (await import('./edgeCommand.ts')).edgeCommand(asked, io),
};
