import { writeFileSync } from 'node:fs';
import { validatePayload } from '../../bundles/index.ts';
import { listNamePattern } from '../../contract/kinds/listsFile.ts';
import { encodeLists } from '../../lists/index.ts';
import { makeLimits, makeLists } from '../../lists/make/index.ts';
import { findingLines } from '../clients/controlClient.ts';
import { readArguments, usageError } from '../terminal/arguments.ts';
import { exitCodes, type Io } from '../terminal/io.ts';
import { installedTables, readInput } from './listsInput.ts';
import { listsSummary } from './listsText.ts';

const usage = `usage: holdfast lists make [--table PATH]... [--list NAME=PATH]... [--out FILE]

Makes one file out of tables and ranges of others, checked as edges check it; 'holdfast lists publish FILE' spreads it.

  --table PATH       countries or systems: a CSV (first,last,country or number) or MaxMind DB file, or a folder with such
                     files, like node_modules/@ip-location-db/asn. Without: those that are installed in ./node_modules
  --list NAME=PATH   a list: networks in a file, one a line or in JSON, or in all .txt and .json files of a folder. Rules have
                     hosting, vpn and crawler as ip.hosting and so on, others as "NAME" in ip.lists. Several of one NAME are one
  --out FILE         where it goes (lists.json)
`;

const flags = {
  table: { type: 'string', multiple: true },
  list: { type: 'string', multiple: true },
  out: { type: 'string', default: 'lists.json' },
} as const;

/** `holdfast lists make`. Exit codes as every verb; 1 when what came out is refused. */
export async function listsMake(args: readonly string[], io: Io): Promise<number> {
  const read = readArguments(args, flags, usage, io);
  if (typeof read === 'number') return read;
  if (read.words.length > 0) return usageError('no words here', usage, io);
  const values = read.values as unknown as {
    readonly table?: readonly string[];
    readonly list?: readonly string[];
    readonly out: string;
  };
  const tables = values.table ?? installedTables();
  const named = (values.list ?? []).map((text): [string, string | undefined] => {
    const at = text.indexOf('=');
    return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  });
  const bad = named.find(([name, path]) => path === undefined || !listNamePattern.test(name));
  if (bad !== undefined)
    return usageError(`--list takes NAME=PATH, with a NAME like vpn or office-2, not ${bad.join('=')}`, usage, io);
  if (tables.length + named.length === 0)
    return usageError('there is no table and no list to make anything of', usage, io);
  const input = readInput(tables, named as [string, string][]);
  if (!input.ok) return failed(io, exitCodes.usage, input.error);
  const { ranges, lists, sources } = input.value;
  const { file, overlaps } = makeLists({ sources, countries: ranges.countries, asns: ranges.asns, lists });
  const overlapsMax = (ranges.countries.length + ranges.asns.length) * makeLimits.overlapShareMax;
  if (overlaps > overlapsMax) {
    return failed(
      io,
      exitCodes.refused,
      `${overlaps} ranges of the tables lie within others: was a table named twice, or do two say the same?`,
    );
  }
  const payload = encodeLists(file);
  const valid = validatePayload('lists', payload, {});
  if (!valid.ok) {
    io.stderr.write(`holdfast lists make: edges would refuse this\n${findingLines(valid.error)}`);
    return exitCodes.refused;
  }
  try {
    writeFileSync(values.out, payload);
  } catch (error) {
    return failed(io, exitCodes.usage, `cannot write ${values.out}: ${(error as Error).message}`);
  }
  io.stdout.write(`${values.out}: ${payload.length} bytes\n${listsSummary(file)}`);
  return exitCodes.done;
}

function failed(io: Io, code: number, message: string): number {
  io.stderr.write(`holdfast lists make: ${message}\n`);
  return code;
}
