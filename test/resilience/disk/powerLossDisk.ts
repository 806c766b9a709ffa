import { dirname, join } from 'node:path';
import type { Disk } from '../../../src/kernel/disk.ts';
import { type Random, seededRandom } from '../../../src/kernel/random.ts';

/** Thrown by every operation from the moment on at which the power is gone. */
export class PowerLost extends Error {}

interface File {
  /** What reads see. */
  bytes: Uint8Array;
  /** What certainly is on the platter; undefined: nothing yet. */
  synced: Uint8Array | undefined;
}

/** How much of what was not synced survives: nothing, all of it, or what chance leaves, torn. */
export type Survival = 'nothing' | 'everything' | { readonly seed: number };

/**
 * A disk in memory that keeps, like a real one, two truths: what programs see and what survives a power loss. A file's
 * bytes survive once `sync` was called on it; a name (new, renamed, removed) once `syncFolder` was called on its folder.
 * `loseAt` cuts the power before the n-th operation that changes anything.
 */
export class PowerLossDisk implements Disk {
  operations = 0;
  readonly #loseAt: number;
  #files = new Map<string, File>();
  #folders = new Set<string>(['/']);
  /** Names that survive: path → file; and folders that do. */
  #durableFiles = new Map<string, File>();
  #durableFolders = new Set<string>(['/']);

  constructor(loseAt = Number.POSITIVE_INFINITY) {
    this.#loseAt = loseAt;
  }

  /** The disk as it is found when the power is back. */
  reboot(survival: Survival, loseAt = Number.POSITIVE_INFINITY): PowerLossDisk {
    const random = typeof survival === 'string' ? undefined : seededRandom(survival.seed);
    const survives = () => (random === undefined ? survival === 'everything' : random.next() < 0.5);
    const after = new PowerLossDisk(loseAt);
    const folders = new Set(this.#durableFolders);
    for (const folder of this.#folders) if (!folders.has(folder) && survives()) folders.add(folder);
    const paths = new Set([...this.#durableFiles.keys(), ...this.#files.keys()]);
    for (const path of paths) {
      const [now, before] = [this.#files.get(path), this.#durableFiles.get(path)];
      const file = now === before || survives() ? now : before;
      if (file === undefined || !isReachable(dirname(path), folders)) continue;
      after.#put(path, survivingBytes(file, random, survives));
    }
    for (const folder of folders) if (isReachable(folder, folders)) after.#folders.add(folder);
    after.#durableFolders = new Set(after.#folders);
    return after;
  }

  read(path: string, bytesMax: number): Uint8Array {
    const file = this.#files.get(path);
    if (file === undefined) throw failure('ENOENT', path);
    if (file.bytes.length > bytesMax) throw failure('EFBIG', path);
    return file.bytes.slice();
  }

  exists(path: string): boolean {
    return this.#files.has(path) || this.#folders.has(path);
  }

  list(folder: string): string[] {
    const names = [...this.#files.keys(), ...this.#folders].filter((path) => dirname(path) === folder && path !== '/');
    return names.map((path) => path.slice(folder === '/' ? 1 : folder.length + 1)).sort();
  }

  makeFolder(folder: string): void {
    if (this.#folders.has(folder)) return;
    this.#change();
    for (let path = folder; !this.#folders.has(path); path = dirname(path)) this.#folders.add(path);
  }

  write(path: string, bytes: Uint8Array): void {
    this.#change();
    if (!this.#folders.has(dirname(path))) throw failure('ENOENT', path);
    const file = this.#files.get(path);
    if (file === undefined) this.#files.set(path, { bytes: bytes.slice(), synced: undefined });
    // Written over in place: until it is synced, the old bytes, the new ones or a mixture may be there.
    else file.bytes = bytes.slice();
  }

  sync(path: string): void {
    this.#change();
    const file = this.#files.get(path);
    if (file === undefined) throw failure('ENOENT', path);
    file.synced = file.bytes;
  }

  rename(from: string, to: string): void {
    this.#change();
    const file = this.#files.get(from);
    if (file === undefined) throw failure('ENOENT', from);
    this.#files.delete(from);
    this.#files.set(to, file);
  }

  syncFolder(folder: string): void {
    this.#change();
    for (const path of [...this.#durableFiles.keys()]) if (dirname(path) === folder) this.#durableFiles.delete(path);
    for (const [path, file] of this.#files) if (dirname(path) === folder) this.#durableFiles.set(path, file);
    for (const path of this.#folders) if (dirname(path) === folder) this.#durableFolders.add(path);
  }

  remove(path: string): void {
    this.#change();
    this.#files.delete(path);
  }

  #change(): void {
    this.operations++;
    if (this.operations > this.#loseAt) throw new PowerLost('the power is gone');
  }

  #put(path: string, bytes: Uint8Array): void {
    const file = { bytes, synced: bytes };
    this.#files.set(path, file);
    this.#durableFiles.set(path, file);
  }
}

function survivingBytes(file: File, random: Random | undefined, survives: () => boolean): Uint8Array {
  if (file.synced === file.bytes) return file.bytes;
  if (random === undefined) return survives() ? file.bytes : (file.synced ?? new Uint8Array(0));
  const kept = Math.floor(random.next() * file.bytes.length);
  const torn = new Uint8Array(random.next() < 0.5 ? kept : file.bytes.length);
  torn.set(file.bytes.subarray(0, kept));
  return torn;
}

function isReachable(folder: string, folders: ReadonlySet<string>): boolean {
  return folder === '/' || (folders.has(folder) && isReachable(dirname(folder), folders));
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** A path on such a disk. */
export function onDisk(...parts: string[]): string {
  return join('/', ...parts);
}
