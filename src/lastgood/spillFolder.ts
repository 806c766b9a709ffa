import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Where last good goes when the data folder's disk takes nothing (full, read-only): a private folder in memory, so that a
 * new configuration or a kill switch still acts and a worker that is started anew still finds it. Gone after a restart of
 * the machine. null when there is no such place or it belongs to somebody else.
 */
export function spillFolderOf(dataRoot: string): string | null {
  const folder = pathOf(dataRoot);
  const user = process.getuid?.() ?? 0;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    const isOurs = found.isDirectory() && found.uid === user && (found.mode & 0o077) === 0;
    return isOurs ? folder : null;
  } catch {
    return null;
  }
}

/** Called when an edge ends: where nothing was spilled, nothing stays. */
export function removeEmptySpillFolder(dataRoot: string): void {
  try {
    rmdirSync(pathOf(dataRoot));
  } catch {
    // It holds something that is still needed, or is not there.
  }
}

function pathOf(dataRoot: string): string {
  const user = process.getuid?.() ?? 0;
  const name = `holdfast-${user}-${createHash('sha256').update(dataRoot).digest('hex').slice(0, 12)}`;
  return join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), name);
}
