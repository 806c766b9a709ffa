import { join } from 'node:path';
import { bundleBytesMax } from '../bundles/index.ts';
import type { BundleKind } from '../contract/bundleKind.ts';
import type { Disk } from '../kernel/disk.ts';
import type { FaultPoints } from '../kernel/faults.ts';
import { makeFolderDurably, tryRemove, writeDurably } from './durableFile.ts';
import { lastGoodLimits } from './limits.ts';

/** What a bundle's file name says of it: on trial, served healthily, or never again. */
export const standings = ['bundle', 'candidate', 'quarantined'] as const;
export type Standing = (typeof standings)[number];

/**
 * The bundles of one root, as files `KIND/VERSION.STANDING`. Thin: it moves bytes and names, and throws the disk's
 * errors. What the bytes mean is decided above.
 */
export class BundleFolder {
  readonly root: string;
  readonly #disk: Disk;
  readonly #faults: FaultPoints;

  /** Kinds whose folder this process has made sure of. */
  readonly #made = new Set<BundleKind>();

  constructor(root: string, disk: Disk, faults: FaultPoints) {
    this.root = root;
    this.#disk = disk;
    this.#faults = faults;
  }

  /** Versions with `standing`, newest first; a folder that cannot be listed has none. */
  versions(kind: BundleKind, standing: Standing): number[] {
    try {
      return this.#disk
        .list(join(this.root, kind))
        .flatMap((name) => {
          const match = fileName.exec(name);
          return match?.[2] === standing ? [Number(match[1])] : [];
        })
        .sort((one, other) => other - one);
    } catch {
      return [];
    }
  }

  has(kind: BundleKind, version: number, standing: Standing): boolean {
    return this.#disk.exists(this.#path(kind, version, standing));
  }

  read(kind: BundleKind, version: number, standing: Standing): Uint8Array {
    return this.#disk.read(this.#path(kind, version, standing), bundleBytesMax(kind));
  }

  write(kind: BundleKind, version: number, standing: Standing, bytes: Uint8Array): void {
    const folder = join(this.root, kind);
    if (!this.#made.has(kind)) makeFolderDurably(this.#disk, folder, foldersAbove);
    this.#made.add(kind);
    writeDurably(this.#disk, this.#faults, `lastgood.${kind}.store`, folder, `${version}.${standing}`, bytes);
  }

  /** Changes what is known of a bundle. A file that is not there is left so. */
  mark(kind: BundleKind, version: number, from: Standing, to: Standing): void {
    if (!this.has(kind, version, from)) return;
    const point = `lastgood.${kind}.${to === 'bundle' ? 'promote' : 'quarantine'}`;
    this.#faults.reach(`${point}.before-rename`);
    this.#disk.rename(this.#path(kind, version, from), this.#path(kind, version, to));
    this.#faults.reach(`${point}.after-rename`);
    this.#disk.syncFolder(join(this.root, kind));
    this.#faults.reach(`${point}.after-folder-sync`);
  }

  /** Removes old bundles and leftovers, never those in `keep`. */
  prune(kind: BundleKind, keep: ReadonlySet<number>): void {
    this.#faults.reach(`lastgood.${kind}.before-prune`);
    const old = (standing: Standing, kept: number) =>
      this.versions(kind, standing)
        .filter((version) => !keep.has(version))
        .slice(kept)
        .forEach((version) => {
          tryRemove(this.#disk, this.#path(kind, version, standing));
        });
    old('bundle', lastGoodLimits.bundlesKeptMax);
    old('quarantined', lastGoodLimits.quarantinedFilesMax);
    old('candidate', 0);
    this.#faults.reach(`lastgood.${kind}.after-prune`);
  }

  #path(kind: BundleKind, version: number, standing: Standing): string {
    return join(this.root, kind, `${version}.${standing}`);
  }
}

const fileName = /^([1-9]\d{0,15})\.(bundle|candidate|quarantined)$/;

/** `bundles`, `edge`, the data folder and the folder that holds it. */
const foldersAbove = 4;
