import { writeFileSync } from 'node:fs';
import { validatePayload } from '../../bundles/index.ts';
import { listNamePattern } from '../../contract/kinds/listsFile.ts';
import { encodeLists } from '../../lists/index.ts';
import { makeLimits, makeLists } from '../../lists/make/index.ts';
import { findingLines } from '../clients/controlClient.ts';
import { textsOf } from '../terminal/arguments.ts';
import { exitCodes, type Io } from '../terminal/io.ts';
import type { Asked } from '../terminal/verb.ts';
import { installedTables, readInput } from './listsInput.ts';
import { listsSummary } from './listsText.ts';

/** `holdfast lists make`. Exit codes as every verb; 1 when what came out is refused. */
export async function listsMake({ values, wrong }: Asked, io: Io): Promise<number> {
  const asked = textsOf(values, 'table');
  const tables = asked.length > 0 ? asked : installedTables();
  const out = values.out as string;
  const named = textsOf(values, 'list').map((text): [string, string | undefined] => {
    const at = text.indexOf('=');
    return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  });
  const bad = named.find(([name, path]) => path === undefined || !listNamePattern.test(name));
  if (bad !== undefined) return wrong(`--list takes NAME=PATH, with a NAME like vpn or office-2, not ${bad.join('=')}`);
  if (tables.length + named.length === 0) return wrong('there is no table and no list to make anything of');
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
    writeFileSync(out, payload);
  } catch (error) {
    return failed(io, exitCodes.usage, `cannot write ${out}: ${(error as Error).message}`);
  }
  io.stdout.write(`${out}: ${payload.length} bytes\n${listsSummary(file)}`);
  return exitCodes.done;
}

function failed(io: Io, code: number, message: string): number {
  io.stderr.write(`holdfast lists make: ${message}\n`);
  return code;
}
