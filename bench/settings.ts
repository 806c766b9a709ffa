import { parseArgs } from 'node:util';
import { type Case, cases } from './cases.ts';
import { withBefore } from './contenders/before.ts';
import type { Contender } from './contenders/contender.ts';

/** What a run measures, and how long. */
export interface Settings {
  readonly cases: readonly Case[];
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  /** Of load in a round. */
  readonly seconds: number;
  /** Of the contender's CPU time before the first round, so that just-in-time compilers are done; 0: none. */
  readonly warmupSeconds: number;
  /** In the idle cases. */
  readonly connections: number;
  /** Where the figures go as JSON; null: nowhere. */
  readonly jsonPath: string | null;
  /** Measure Holdfast as it runs from the checkout, not as npm installs it. */
  readonly isFromSource: boolean;
  /** Leave .cpuprofile files of Node contenders here; null: none. */
  readonly profileFolder: string | null;
}

export function usageOf(contenders: readonly Contender[]): string {
  return `usage: npm run bench -- [options]

CPU per request of Holdfast and its peers: the contender alone on core 1, load and origin on core 0.

  --case NAME,NAME     default: all of ${cases.map(({ name }) => name).join(', ')}
  --only NAME,NAME     default: all of ${contenders.map(({ name }) => name).join(', ')}
  --rounds N           default 5
  --seconds N          of load in a round, default 5
  --warmup N           seconds of CPU time under load before the first round, default 5
  --connections N      of the idle cases, default 10000
  --json FILE          the figures, for programs
  --before DIR         also Holdfast of another checkout (packages installed), as holdfast-before and holdfast-bare-before
  --source             Holdfast from the checkout, types stripped at each start, not as npm installs it
  --profile            leaves a .cpuprofile of each Node process in bench-profiles/, of the worker too
`;
}

/** Throws an Error with a sentence for the person who typed the arguments. */
export function readSettings(args: readonly string[], everyone: readonly Contender[]): Settings {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: text,
      only: text,
      rounds: { ...text, default: '5' },
      seconds: { ...text, default: '5' },
      warmup: { ...text, default: '5' },
      connections: { ...text, default: '10000' },
      json: text,
      before: text,
      source: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
    },
  });
  const all = values.before === undefined ? everyone : withBefore(everyone, values.before);
  return {
    cases: chosen('--case', values.case, cases),
    contenders: chosen('--only', values.only, all),
    rounds: whole('--rounds', values.rounds, 1),
    seconds: whole('--seconds', values.seconds, 1),
    warmupSeconds: whole('--warmup', values.warmup, 0),
    connections: whole('--connections', values.connections, 1),
    jsonPath: values.json ?? null,
    isFromSource: values.source,
    profileFolder: values.profile ? 'bench-profiles' : null,
  };
}

/** In the order of the table, whatever the order of the names. */
function chosen<Item extends { readonly name: string }>(flag: string, names: string | undefined, all: readonly Item[]) {
  if (names === undefined) return all;
  const wanted = names.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !all.some((item) => item.name === name));
  if (unknown !== undefined) {
    throw new Error(`${flag} ${unknown}: there is no such name; there are ${all.map(({ name }) => name).join(', ')}`);
  }
  return all.filter(({ name }) => wanted.includes(name));
}

function whole(flag: string, text: string, min: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > 100_000) {
    throw new Error(`${flag} ${text}: wants a whole number from ${min} to 100000`);
  }
  return value;
}
