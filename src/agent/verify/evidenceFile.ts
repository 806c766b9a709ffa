import { join } from 'node:path';
import type { OperatorEvidence, SignerKey } from '../../contract/verifiedBots.ts';
import type { Disk } from '../../kernel/disk.ts';
import { noFaults } from '../../kernel/faults.ts';
import { makeFolderDurably, writeDurably } from '../../lastgood/durableFile.ts';
import { verifiedLimits } from '../../verified/index.ts';

/** The last good evidence of one operator, with when its sources were last there (since 1970). */
export interface KeptEvidence {
  readonly ranges: readonly string[] | null;
  readonly rangesAtMs: number;
  readonly keys: OperatorEvidence['keys'];
  readonly keysAtMs: number;
}

export const nothingKept: KeptEvidence = { ranges: null, rangesAtMs: 0, keys: [], keysAtMs: 0 };

/** What an earlier agent kept; nothing where there is no file or no good one: then it is fetched again. */
export function readKept(disk: Disk, folder: string, operator: string): KeptEvidence {
  try {
    const bytes = disk.read(join(folder, `${operator}.json`), verifiedLimits.listBytesMax);
    return checked(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return nothingKept;
  }
}

/** Throws the disk's error. */
export function writeKept(disk: Disk, folder: string, operator: string, kept: KeptEvidence): void {
  makeFolderDurably(disk, folder, 1);
  writeDurably(
    disk,
    noFaults,
    'agent.evidence',
    folder,
    `${operator}.json`,
    Buffer.from(JSON.stringify({ schema: 1, ...kept })),
  );
}

/** The file is our own, but disks and people change files: what does not look like ours is nothing. */
function checked(value: unknown): KeptEvidence {
  const { schema, ranges, rangesAtMs, keys, keysAtMs } = value as Record<string, unknown>;
  const areTexts = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((item) => typeof item === 'string');
  const areKeys = (list: unknown): list is KeptEvidence['keys'] => Array.isArray(list) && list.every(isKey);
  if (schema !== 1 || typeof rangesAtMs !== 'number' || typeof keysAtMs !== 'number') return nothingKept;
  if (!(ranges === null || areTexts(ranges)) || !areKeys(keys)) return nothingKept;
  return { ranges, rangesAtMs, keys, keysAtMs };
}

function isKey(value: unknown): value is SignerKey {
  const { x, n, e } = (value ?? {}) as Record<string, unknown>;
  return typeof x === 'string' || (typeof n === 'string' && typeof e === 'string');
}
