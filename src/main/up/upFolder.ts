import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { ensureKeys } from '../../bundles/index.ts';
import type { DataFolder, RunState } from '../../contract/dataFolder.ts';
import { ensureToken } from '../../control/index.ts';
import { systemDisk } from '../../kernel/disk.ts';
import { err, ok, type Result } from '../../kernel/result.ts';

/** What the disk refused, in a sentence; null when everything is there. */
export interface PreparedFolder {
  readonly lacks: string | null;
}

/**
 * Makes folders, keys and control's token. A disk that takes nothing is no reason not to serve: the edge runs without
 * them. Refused is only a folder in which another `holdfast up` runs.
 */
export function prepareFolder(folder: DataFolder): Result<PreparedFolder, string> {
  const other = readRunState(folder);
  if (other !== undefined && runs(other)) {
    const who = `process ${other.pid}, ${other.edgeUrl}`;
    return err(`another holdfast (${who}) runs in ${folder.root}; end it, or give this one another --data`);
  }
  try {
    for (const path of [folder.root, folder.keys, folder.control, folder.edge, folder.factory, folder.run]) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    }
    ensureKeys(folder, systemDisk);
    ensureToken(folder.controlToken, folder.control, systemDisk);
    return ok({ lacks: null });
  } catch (error) {
    return ok({ lacks: (error as Error).message });
  }
}

/** Whether this edge has bundles of its own to serve from. */
export function hasLastGood(folder: DataFolder): boolean {
  try {
    return readdirSync(folder.bundles).length > 0;
  } catch {
    return false;
  }
}

export function readRunState(folder: DataFolder): RunState | undefined {
  try {
    return JSON.parse(readFileSync(folder.runState, 'utf8')) as RunState;
  } catch {
    return undefined; // Absent, or torn by a crash: either way nothing is known to run.
  }
}

/** May throw as the disk does. */
export function writeRunState(folder: DataFolder, state: RunState): void {
  writeFileSync(`${folder.runState}.new`, JSON.stringify(state));
  renameSync(`${folder.runState}.new`, folder.runState);
}

/** After a power cut any process may own the number: on Linux its command line tells whether it is one of ours. */
function runs({ pid }: RunState): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('holdfast');
  } catch {
    return process.platform !== 'linux';
  }
}
