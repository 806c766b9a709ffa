import { fileURLToPath } from 'node:url';
import { payloadBytesMax, type ShippedKind, shippedKinds } from '../contract/bundleKind.ts';
import type { DataFolder } from '../contract/dataFolder.ts';
import { type Disk, systemDisk } from '../kernel/disk.ts';
import { type FaultPoints, noFaults } from '../kernel/faults.ts';
import { LastGoodStore } from './lastGoodStore.ts';
import type { ShippedPayloads } from './loadedSet.ts';
import { LocalSwitches } from './localSwitches.ts';
import { spillFolderOf } from './spillFolder.ts';
import { readTrust } from './trustFile.ts';

/** Everything of last good that lives below one data folder. */
export interface LastGood {
  readonly store: LastGoodStore;
  readonly localSwitches: LocalSwitches;
  /** null: what the disk refuses is kept nowhere else. */
  readonly spillFolder: string | null;
}

/** Opens last good where agent and workers of an edge share it. Never throws. */
export function openLastGood(data: DataFolder, disk: Disk = systemDisk, faults: FaultPoints = noFaults): LastGood {
  const spillFolder = spillFolderOf(data.root);
  const trustFolders = spillFolder === null ? [data.edge] : [data.edge, spillFolder];
  return {
    store: new LastGoodStore({
      folder: data.bundles,
      spillFolder,
      disk,
      faults,
      trust: () => readTrust(data.trust, trustFolders, disk),
      shipped: readShipped(disk),
    }),
    localSwitches: new LocalSwitches(data.localSwitches, spillFolder, disk, faults),
    spillFolder,
  };
}

/** The payloads that come with the software; one that is missing is absent, and the edge says so. */
function readShipped(disk: Disk): ShippedPayloads {
  const read = (kind: ShippedKind): ShippedPayloads => {
    const path = fileURLToPath(new URL(`../../shipped/${kind}.json`, import.meta.url));
    try {
      return { [kind]: disk.read(path, payloadBytesMax[kind]) };
    } catch {
      return {};
    }
  };
  return Object.assign({}, ...shippedKinds.map(read));
}
