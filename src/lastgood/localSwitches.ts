import { basename, dirname, join } from 'node:path';
import { payloadBytesMax } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { Switch } from '../contract/kinds/switchesFile.ts';
import { limits } from '../contract/limits.ts';
import type { Disk } from '../kernel/disk.ts';
import { type FaultPoints, noFaults } from '../kernel/faults.ts';
import { saveWhereTaken, writeDurably } from './durableFile.ts';

/** Content of `local-switches.json`: what `holdfast kill --local` switched off on this machine, beside what control says. */
interface LocalSwitchesFile {
  readonly schema: 1;
  /** Grows with every change; the newest of several copies counts. */
  readonly generation: number;
  readonly killed: readonly Switch[];
}

/**
 * Switches thrown on this machine. A file that is lost or damaged means that nothing is switched off locally: switches are
 * an emergency tool, and the reader says what it missed. Never throws.
 */
export class LocalSwitches {
  readonly #paths: readonly string[];
  readonly #disk: Disk;
  readonly #faults: FaultPoints;
  #written: LocalSwitchesFile | undefined;

  constructor(path: string, spillFolder: string | null, disk: Disk, faults: FaultPoints = noFaults) {
    this.#paths = spillFolder === null ? [path] : [path, join(spillFolder, basename(path))];
    this.#disk = disk;
    this.#faults = faults;
  }

  read(): { readonly killed: readonly Switch[]; readonly missing: readonly Finding[] } {
    const { file, missing } = this.#newest();
    return { killed: file.killed, missing };
  }

  /** Throws or takes back one switch. The findings say when no disk took it (it acts until this process ends). */
  set(name: Switch, isKilled: boolean): readonly Finding[] {
    const { file } = this.#newest();
    const others = file.killed.filter((other) => other !== name);
    const killed = isKilled ? [...others, name].slice(-limits.switchesMax) : others;
    this.#written = { schema: 1, generation: file.generation + 1, killed };
    return this.#save(this.#written);
  }

  #save(file: LocalSwitchesFile): readonly Finding[] {
    const bytes = Buffer.from(`${JSON.stringify(file)}\n`);
    try {
      saveWhereTaken(this.#paths, (path) => {
        this.#disk.makeFolder(dirname(path));
        writeDurably(this.#disk, this.#faults, 'lastgood.local-switches', dirname(path), basename(path), bytes);
      });
      return [];
    } catch (error) {
      return [{ reason: 'disk-write-failed', message: `The disk does not take the local switches: ${String(error)}` }];
    }
  }

  #newest(): { file: LocalSwitchesFile; missing: Finding[] } {
    const missing: Finding[] = [];
    let newest = this.#written ?? { schema: 1, generation: 0, killed: [] };
    for (const path of this.#paths) {
      try {
        if (!this.#disk.exists(path)) continue;
        const file = decode(this.#disk.read(path, payloadBytesMax.switches));
        if (file.generation > newest.generation) newest = file;
      } catch (error) {
        missing.push({ reason: 'state-unreadable', message: `${path} is unreadable, its switches are on: ${error}` });
      }
    }
    return { file: newest, missing };
  }
}

function decode(bytes: Uint8Array): LocalSwitchesFile {
  const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<LocalSwitchesFile> | null;
  const killed = value?.killed;
  if (value?.schema !== 1 || !Array.isArray(killed) || !killed.every((name) => typeof name === 'string')) {
    throw new Error('it is not {"schema": 1, "killed": [names]}');
  }
  return {
    schema: 1,
    generation: Number(value.generation ?? 0),
    killed: killed.slice(0, limits.switchesMax) as Switch[],
  };
}
