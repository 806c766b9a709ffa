import { ensureKeys, keyPath, readKeyFile, readTrust, revokeKey, rotateKey } from '../bundles/index.ts';
import { bundleKinds, isBundleKind } from '../contract/bundleKind.ts';
import { type DataFolder, dataFolder } from '../contract/dataFolder.ts';
import { systemDisk } from '../kernel/disk.ts';
import { dataOption, readArguments, usageError } from './terminal/arguments.ts';
import { exitCodes, type Io } from './terminal/io.ts';

const usage = `usage: holdfast keys VERB

  list [--json]        keys that edges of this data folder trust, and which of them sign
  rotate KIND          make a new key, trust it, then sign with it; the old one stays valid
  revoke KIND ID       refuse from now on what the old key signed

KIND is one of ${bundleKinds.join(', ')}.

  --data DIR           data folder that holds the keys (default ./.holdfast)
`;

/** `holdfast keys ...`: works on the files, so it needs nothing running; control and agents read them anew each time. */
export async function keys(args: readonly string[], io: Io): Promise<number> {
  const read = readArguments(args, { ...dataOption, json: { type: 'boolean' } }, usage, io);
  if (typeof read === 'number') return read;
  const [verb, kind, id, ...more] = read.words;
  if (more.length > 0) return usageError('there is one word too many', usage, io);
  const folder = dataFolder(read.values.data as string);
  try {
    switch (verb) {
      case 'list':
        io.stdout.write(listText(folder, read.values.json === true));
        return exitCodes.done;
      case 'rotate':
      case 'revoke':
        return change(verb, folder, kind, id, io);
      default:
        return usageError(verb === undefined ? 'which VERB?' : `there is no verb '${verb}' here`, usage, io);
    }
  } catch (error) {
    io.stderr.write(`refused: ${(error as Error).message}\n`);
    return exitCodes.refused;
  }
}

function change(
  verb: 'rotate' | 'revoke',
  folder: DataFolder,
  kind: string | undefined,
  id: string | undefined,
  io: Io,
): number {
  if (kind === undefined || !isBundleKind(kind)) return usageError('which KIND?', usage, io);
  if (verb === 'rotate') {
    if (id !== undefined) return usageError('rotate takes a KIND alone', usage, io);
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
  if (id === undefined) return usageError('revoke which ID?', usage, io);
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
