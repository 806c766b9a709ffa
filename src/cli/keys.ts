import { ensureKeys, keyPath, readKeyFile, readTrust, revokeKey, rotateKey } from '../bundles/index.ts';
import { type BundleKind, bundleKinds, isBundleKind } from '../contract/bundleKind.ts';
import { type DataFolder, dataFolder } from '../contract/dataFolder.ts';
import { hint } from '../kernel/didYouMean.ts';
import { systemDisk } from '../kernel/disk.ts';
import { exitCodes, type Io } from './terminal/io.ts';
import type { Asked } from './terminal/verb.ts';

/** `holdfast keys ...`: works on the files, so it needs nothing running; control and agents read them anew each time. */
export async function keys({ form, words, values, wrong }: Asked, io: Io): Promise<number> {
  const folder = dataFolder(values.data as string);
  try {
    if (form === 'list') {
      io.stdout.write(listText(folder, values.json === true));
      return exitCodes.done;
    }
    const [kind = '', id = ''] = words;
    if (!isBundleKind(kind)) return wrong(`there is no kind '${kind}'${hint(kind, bundleKinds)}`);
    return form === 'rotate' ? rotate(folder, kind, io) : revoke(folder, kind, id, io);
  } catch (error) {
    io.stderr.write(`refused: ${(error as Error).message}\n`);
    return exitCodes.refused;
  }
}

function rotate(folder: DataFolder, kind: BundleKind, io: Io): number {
  if (!systemDisk.exists(keyPath(folder, kind))) {
    ensureKeys(folder, systemDisk, [kind]);
    io.stdout.write(
      `${kind} had no key here; it is signed with ${readKeyFile(folder, systemDisk, kind).current} from now on\n`,
    );
    return exitCodes.done;
  }
  const old = readKeyFile(folder, systemDisk, kind).current;
  const key = rotateKey(folder, systemDisk, kind);
  io.stdout.write(
    `${kind} is signed with ${key.id} from now on; ${old} stays valid until: holdfast keys revoke ${kind} ${old}\n`,
  );
  return exitCodes.done;
}

function revoke(folder: DataFolder, kind: BundleKind, id: string, io: Io): number {
  revokeKey(folder, systemDisk, kind, id);
  io.stdout.write(`${id} is revoked: what it signed is refused as key-revoked\n`);
  return exitCodes.done;
}

function listText(folder: DataFolder, asJson: boolean): string {
  const signing = new Map(
    bundleKinds
      .filter((kind) => systemDisk.exists(keyPath(folder, kind)))
      .map((kind) => [kind, readKeyFile(folder, systemDisk, kind).current]),
  );
  const rows = readTrust(folder, systemDisk).keys.map(({ kind, id, revoked }) => ({
    kind,
    id,
    state: revoked ? 'revoked' : signing.get(kind) === id ? 'signs' : 'valid',
  }));
  if (asJson) return `${JSON.stringify(rows, null, 2)}\n`;
  if (rows.length === 0) return `no keys in ${folder.root} yet; the first 'holdfast up' makes them\n`;
  return rows.map(({ kind, id, state }) => `${kind.padEnd(9)} ${id}  ${state}\n`).join('');
}
