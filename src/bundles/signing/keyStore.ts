import { type BundleKind, bundleKinds } from '../../contract/bundleKind.ts';
import type { DataFolder } from '../../contract/dataFolder.ts';
import type { Trust } from '../../contract/trust.ts';
import type { Disk } from '../../kernel/disk.ts';
import {
  generateSigningKey,
  loadSigningKey,
  type SigningKey,
  type StoredSigningKey,
  storeSigningKey,
  trustedKeyOf,
} from './signingKey.ts';
import { decodeTrust, emptyTrust, encodeTrust, mergeTrust, trustBytesMax } from './trust.ts';

/**
 * Two keys of a kind are valid at a time while rotating; a third would only hide which one is in use. Kept by `rotateKey`
 * alone: keys whose private halves are lost stay valid in the trust file beside the new one until somebody revokes them,
 * because what they signed is in force on edges.
 */
export const unrevokedKeysMax = 2;
const keyFileBytesMax = 64 << 10;

/** `<data>/keys/KIND.json`, mode 0600: the private halves for one kind. A revoked key's private half is not kept. */
export interface KeyFile {
  readonly schema: 1;
  /** Id of the key that signs now. */
  readonly current: string;
  readonly keys: readonly StoredSigningKey[];
}

/**
 * Makes the keys that are missing and puts all of them into `<data>/edge/trust.json`, whose other entries stay.
 * Called at every start; does nothing when all is there. Throws what the disk throws, or when a key file is unreadable:
 * a key is never silently replaced.
 */
export function ensureKeys(folder: DataFolder, disk: Disk, kinds: readonly BundleKind[] = bundleKinds): void {
  disk.makeFolder(folder.keys);
  for (const kind of kinds) {
    if (disk.exists(keyPath(folder, kind))) continue;
    const key = generateSigningKey(kind);
    writeKeyFile(folder, disk, kind, { schema: 1, current: key.id, keys: [storeSigningKey(key)] });
  }
  const known = kinds.flatMap((kind) => readKeyFile(folder, disk, kind).keys);
  writeTrust(
    folder,
    disk,
    mergeTrust(
      readTrust(folder, disk),
      known.map((key) => trustedKeyOf(loadSigningKey(key))),
    ),
  );
}

/** The key that signs bundles of this kind now; read anew each time, so that a rotation needs no restart. */
export function currentSigningKey(folder: DataFolder, disk: Disk, kind: BundleKind): SigningKey {
  const file = readKeyFile(folder, disk, kind);
  const stored = file.keys.find((key) => key.id === file.current);
  if (stored === undefined) throw new Error(`${keyPath(folder, kind)} names a current key that it does not have`);
  return loadSigningKey(stored);
}

/** New key trusted first, then used: at no moment is anything signed that an edge with this trust file refuses. */
export function rotateKey(folder: DataFolder, disk: Disk, kind: BundleKind): SigningKey {
  const file = readKeyFile(folder, disk, kind);
  if (file.keys.length >= unrevokedKeysMax) {
    const old = file.keys.find((key) => key.id !== file.current)!.id;
    throw new Error(`${kind} already has ${unrevokedKeysMax} valid keys; first: holdfast keys revoke ${kind} ${old}`);
  }
  const key = generateSigningKey(kind);
  writeTrust(folder, disk, mergeTrust(readTrust(folder, disk), [trustedKeyOf(key)]));
  writeKeyFile(folder, disk, kind, { schema: 1, current: key.id, keys: [...file.keys, storeSigningKey(key)] });
  return key;
}

/** Revokes in trust first: should the second write fail, the key is refused already. The key in use is not revocable. */
export function revokeKey(folder: DataFolder, disk: Disk, kind: BundleKind, id: string): void {
  const file = readKeyFile(folder, disk, kind);
  if (file.current === id) {
    throw new Error(`${id} is the ${kind} key in use; first: holdfast keys rotate ${kind}`);
  }
  const trust = readTrust(folder, disk);
  if (!trust.keys.some((key) => key.kind === kind && key.id === id)) {
    throw new Error(`there is no ${kind} key ${id}; see: holdfast keys list`);
  }
  const keys = trust.keys.map((key) => (key.kind === kind && key.id === id ? { ...key, revoked: true } : key));
  writeTrust(folder, disk, { schema: 1, keys });
  writeKeyFile(folder, disk, kind, { ...file, keys: file.keys.filter((key) => key.id !== id) });
}

/** What edges of this data folder trust; empty when there is no file yet. Throws when it cannot be read. */
export function readTrust(folder: DataFolder, disk: Disk): Trust {
  if (!disk.exists(folder.trust)) return emptyTrust;
  const trust = decodeTrust(disk.read(folder.trust, trustBytesMax));
  if (!trust.ok) throw new Error(`${folder.trust}: ${trust.error}`);
  return trust.value;
}

export function writeTrust(folder: DataFolder, disk: Disk, trust: Trust): void {
  disk.makeFolder(folder.edge);
  replaceFile(disk, folder.trust, encodeTrust(trust), 0o644, folder.edge);
}

/** Throws when it is missing or is not a key file. */
export function readKeyFile(folder: DataFolder, disk: Disk, kind: BundleKind): KeyFile {
  const path = keyPath(folder, kind);
  const file: unknown = JSON.parse(Buffer.from(disk.read(path, keyFileBytesMax)).toString('utf8'));
  const { schema, current, keys } = (file ?? {}) as Partial<KeyFile>;
  const isGood = schema === 1 && typeof current === 'string' && Array.isArray(keys);
  if (!isGood || !keys.every((key) => key?.kind === kind)) throw new Error(`${path} is not a key file for ${kind}`);
  return { schema, current, keys };
}

function writeKeyFile(folder: DataFolder, disk: Disk, kind: BundleKind, file: KeyFile): void {
  replaceFile(disk, keyPath(folder, kind), Buffer.from(`${JSON.stringify(file, null, 2)}\n`), 0o600, folder.keys);
}

/** Where the key file of a kind is. */
export function keyPath(folder: DataFolder, kind: BundleKind): string {
  return `${folder.keys}/${kind}.json`;
}

function replaceFile(disk: Disk, path: string, bytes: Uint8Array, mode: number, parent: string): void {
  const temporary = `${path}.new`;
  // Left over from a crash, it could carry a wider mode.
  disk.remove(temporary);
  disk.write(temporary, bytes, mode);
  disk.sync(temporary);
  disk.rename(temporary, path);
  disk.syncFolder(parent);
}
