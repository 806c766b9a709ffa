import { join } from 'node:path';
import {
  generateSigningKey,
  loadSigningKey,
  type SigningKey,
  type StoredSigningKey,
  storeSigningKey,
  trustedKeyOf,
} from '../bundles/index.ts';
import type { Disk } from '../kernel/disk.ts';
import type { Logger } from '../kernel/log.ts';
import { addLocalTrust, readTrust } from '../lastgood/index.ts';

const keyName = 'local-key.json';
const keyBytesMax = 4_096;

/**
 * The key by which this edge signs the sites that are configured on this machine itself, made at first use. Its public
 * half is trusted by this edge alone. A disk that takes no file costs nothing but a new key at the next start.
 */
export function localSigningKey(folders: readonly string[], disk: Disk, logger: Logger): SigningKey {
  for (const folder of folders) {
    const key = readKey(join(folder, keyName), disk);
    if (key !== undefined) return trusted(key, folders, disk, logger);
  }
  const key = generateSigningKey('sites');
  const bytes = Buffer.from(`${JSON.stringify(storeSigningKey(key))}\n`);
  for (const folder of folders) {
    try {
      disk.makeFolder(folder);
      disk.write(join(folder, keyName), bytes, 0o600);
      disk.sync(join(folder, keyName));
      break;
    } catch (error) {
      logger.warn('local-key-not-written', { folder, error: String(error) });
    }
  }
  return trusted(key, folders, disk, logger);
}

function trusted(key: SigningKey, folders: readonly string[], disk: Disk, logger: Logger): SigningKey {
  const isTrusted = readTrust('', folders, disk).local.some(({ id }) => id === key.id);
  if (isTrusted) return key;
  try {
    addLocalTrust(trustedKeyOf(key), folders, disk);
  } catch (error) {
    logger.error('local-trust-not-written', { error: String(error) });
  }
  return key;
}

function readKey(path: string, disk: Disk): SigningKey | undefined {
  try {
    const stored = JSON.parse(Buffer.from(disk.read(path, keyBytesMax)).toString('utf8')) as StoredSigningKey;
    return loadSigningKey(stored);
  } catch {
    return undefined;
  }
}
