import { dirname, join } from 'node:path';
import type { Disk } from '../kernel/disk.ts';
import type { FaultPoints } from '../kernel/faults.ts';

/** Names of the fault points that `writeDurably` reaches, behind its prefix. */
export const durableSteps = ['before-write', 'after-write', 'after-sync', 'after-rename', 'after-folder-sync'] as const;

/**
 * Replaces `folder/name` so that a crash or power loss at any moment leaves the old file or the new one: temporary file,
 * fsync, rename, fsync of the folder. Throws the disk's error, and removes the temporary file then.
 */
export function writeDurably(
  disk: Disk,
  faults: FaultPoints,
  point: string,
  folder: string,
  name: string,
  bytes: Uint8Array,
): void {
  const temporary = join(folder, `${name}.tmp`);
  try {
    faults.reach(`${point}.before-write`);
    disk.write(temporary, bytes, 0o600);
    faults.reach(`${point}.after-write`);
    disk.sync(temporary);
    faults.reach(`${point}.after-sync`);
    disk.rename(temporary, join(folder, name));
  } catch (error) {
    tryRemove(disk, temporary);
    throw error;
  }
  faults.reach(`${point}.after-rename`);
  disk.syncFolder(folder);
  faults.reach(`${point}.after-folder-sync`);
}

/**
 * Creates `folder` so that it survives a power loss: its name must be synced in its parent, and the parent's in the one
 * above, whoever made them. Only the first `depth` levels are ours to care for.
 */
export function makeFolderDurably(disk: Disk, folder: string, depth: number): void {
  disk.makeFolder(folder);
  let below = folder;
  for (let level = 0; level < depth && below !== dirname(below); level++) {
    below = dirname(below);
    try {
      disk.syncFolder(below);
    } catch (error) {
      // The first parent is ours. A folder above may belong to somebody who lets nobody open it.
      if (level === 0) throw error;
    }
  }
}

/** For what nobody misses when it stays: leftovers. */
export function tryRemove(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch {
    // A disk that refuses to delete costs space only; the next prune tries again.
  }
}

/** Calls `save` for each place in turn until one takes it; throws what the first one said when none does. */
export function saveWhereTaken(places: readonly string[], save: (place: string) => void): void {
  const refused: unknown[] = [];
  for (const place of places) {
    try {
      save(place);
      return;
    } catch (error) {
      refused.push(error);
    }
  }
  throw refused[0] ?? new Error('there is no place to save to');
}
