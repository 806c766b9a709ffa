import { join } from 'node:path';
import { decodeTrust, emptyTrust, encodeTrust, mergeTrust } from '../bundles/index.ts';
import type { Trust, TrustedKey } from '../contract/trust.ts';
import type { Disk } from '../kernel/disk.ts';
import { noFaults } from '../kernel/faults.ts';
import { saveWhereTaken, writeDurably } from './durableFile.ts';
import { lastGoodLimits } from './limits.ts';

/** Keys of this edge's own, in the edge's folder: they sign what is configured on this machine itself. */
export const localTrustName = 'local-trust.json';

/** The keys that can be read now. */
export interface ReadTrust {
  /** `trust.json`; undefined when it is absent or damaged, and the store goes on with the keys it knew. */
  readonly central: Trust | undefined;
  readonly local: readonly TrustedKey[];
}

/** Reads `trust.json` and this edge's own keys in `folders`. Never throws. */
export function readTrust(trustPath: string, folders: readonly string[], disk: Disk): ReadTrust {
  const local = folders.flatMap((folder) => readKeys(join(folder, localTrustName), disk)?.keys ?? []);
  return { central: readKeys(trustPath, disk), local };
}

/** Adds a key of this edge's own in the first folder that takes it; throws the disk's error when none does. */
export function addLocalTrust(key: TrustedKey, folders: readonly string[], disk: Disk): void {
  saveWhereTaken(folders, (folder) => {
    const trust = mergeTrust(readKeys(join(folder, localTrustName), disk) ?? emptyTrust, [key]);
    disk.makeFolder(folder);
    writeDurably(disk, noFaults, 'local-trust', folder, localTrustName, encodeTrust(trust));
  });
}

function readKeys(path: string, disk: Disk): Trust | undefined {
  try {
    const trust = decodeTrust(disk.read(path, lastGoodLimits.trustBytesMax));
    return trust.ok ? trust.value : undefined;
  } catch {
    return undefined;
  }
}
