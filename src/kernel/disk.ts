import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';

/**
 * The few disk operations that last good and the control store need, synchronous because they run outside the request
 * path and their order is the point. Errors are thrown as Node's (`code`: ENOSPC, EROFS, ...); callers handle them.
 * A test double drops or tears whatever was not synced, which is what a power loss does.
 */
export interface Disk {
  /** Reads at most `bytesMax`; a longer file throws with code EFBIG. */
  read(path: string, bytesMax: number): Uint8Array;
  exists(path: string): boolean;
  /** Names in a folder, sorted; an absent folder is an empty list. */
  list(folder: string): string[];
  makeFolder(folder: string): void;
  /** Creates or truncates. Not durable before `sync`. */
  write(path: string, bytes: Uint8Array, mode?: number): void;
  sync(path: string): void;
  /** Atomic within one folder. Durable after `syncFolder`. */
  rename(from: string, to: string): void;
  syncFolder(folder: string): void;
  remove(path: string): void;
}

export const systemDisk: Disk = {
  read(path, bytesMax) {
    const bytes = statSync(path).size;
    if (bytes > bytesMax) {
      throw Object.assign(new Error(`${path} has ${bytes} bytes; at most ${bytesMax} are read`), { code: 'EFBIG' });
    }
    return readFileSync(path);
  },
  exists: existsSync,
  list(folder) {
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  },
  makeFolder(folder) {
    mkdirSync(folder, { recursive: true });
  },
  write(path, bytes, mode = 0o644) {
    const descriptor = openSync(path, 'w', mode);
    try {
      let written = 0;
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    } finally {
      closeSync(descriptor);
    }
  },
  sync: syncPath,
  rename: renameSync,
  syncFolder: syncPath,
  remove(path) {
    rmSync(path, { force: true });
  },
};

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
