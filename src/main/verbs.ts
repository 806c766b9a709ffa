import type { Io } from '../cli/terminal/io.ts';
import { bundleKinds, rowOf } from '../contract/bundleKind.ts';

export interface Verb {
  readonly summary: string;
  /** Returns the exit code. */
  run(args: readonly string[], io: Io): Promise<number>;
}

/** What the command line can do. Each verb's code is loaded when it is asked for: `holdfast check` starts no server. */
export const verbs: Readonly<Record<string, Verb>> = {
  up: {
    summary: 'start edge, control and factory on this machine (and a demo site)',
    run: async (args, io) => (await import('./up/upCommand.ts')).upCommand(args, io),
  },
  edge: {
    summary: 'start an edge alone',
    run: async (args, io) => (await import('./edgeCommand.ts')).edgeCommand(args, io),
  },
  check: {
    summary: 'list every problem of a configuration file',
    run: async (args, io) => (await import('../cli/check.ts')).check([...args], io),
  },
  reload: {
    summary: 'make the running edge read its configuration file again',
    run: async (args, io) => (await import('../cli/reload.ts')).reload([...args], io),
  },
  score: {
    summary: 'explain the score of a raw request head in a file',
    run: async (args, io) => (await import('../cli/model/score.ts')).score([...args], io),
  },
  ...kindVerbs(),
  freeze: {
    summary: 'stop making and spreading of bundles at once',
    run: async (args, io) => (await import('../cli/features.ts')).freeze([...args], io),
  },
  unfreeze: {
    summary: 'end a freeze',
    run: async (args, io) => (await import('../cli/features.ts')).unfreeze([...args], io),
  },
  kill: {
    summary: 'switch a module, a rule or an action off (--local: on this edge, without control)',
    run: async (args, io) => (await import('../cli/kill.ts')).kill([...args], io),
  },
  unkill: {
    summary: 'switch it on again',
    run: async (args, io) => (await import('../cli/kill.ts')).unkill([...args], io),
  },
  switches: {
    summary: 'list what is switched off',
    run: async (args, io) => (await import('../cli/kill.ts')).switches([...args], io),
  },
  keys: {
    summary: 'list, rotate, revoke signing keys',
    run: async (args, io) => (await import('../cli/keys.ts')).keys([...args], io),
  },
  query: {
    summary: 'ask the request log in ClickHouse',
    run: async (args, io) => (await import('../cli/query.ts')).query([...args], io),
  },
  columns: {
    summary: 'add a feature column in ClickHouse, or change its parameters',
    run: async (args, io) => (await import('../cli/columns.ts')).columns([...args], io),
  },
  train: {
    summary: 'make the model from data that this command generates',
    run: async (args, io) => (await import('../cli/model/train.ts')).train([...args], io),
  },
  drill: {
    summary: 'replay a past outage against the real processes',
    run: async (args, io) => (await import('./drill/drill.ts')).drillCommand([...args], io),
  },
  version: {
    summary: 'print the version',
    run: async (_args, io) => {
      const { version } = await import('./processes/version.ts');
      io.stdout.write(`holdfast ${version()}, Node ${process.versions.node}\n`);
      return 0;
    },
  },
  help: {
    summary: 'this list',
    run: async (_args, io) => {
      const width = Math.max(...Object.keys(verbs).map((name) => name.length));
      const lines = Object.entries(verbs).map(([name, verb]) => `  ${name.padEnd(width)}  ${verb.summary}`);
      io.stdout.write(`holdfast VERB [arguments]; 'holdfast VERB --help' says more\n\n${lines.join('\n')}\n`);
      return 0;
    },
  },
};

/** `holdfast KIND` for each kind whose row says what it is for. */
function kindVerbs(): Readonly<Record<string, Verb>> {
  return Object.fromEntries(
    bundleKinds.flatMap((kind): [string, Verb][] => {
      const summary = rowOf(kind).verb;
      const run: Verb['run'] = async (args, io) => (await import('../cli/features.ts')).kindVerb(kind, [...args], io);
      return summary === null ? [] : [[kind, { summary, run }]];
    }),
  );
}
