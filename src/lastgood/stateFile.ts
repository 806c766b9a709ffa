import { join } from 'node:path';
import type { Finding } from '../contract/finding.ts';
import type { Disk } from '../kernel/disk.ts';
import type { FaultPoints } from '../kernel/faults.ts';
import { saveWhereTaken, writeDurably } from './durableFile.ts';
import { decodeState, encodeState, type LastGoodState } from './lastGoodState.ts';
import { lastGoodLimits } from './limits.ts';

/** What could be read of the state. */
export interface ReadState {
  /** The newest whole copy; undefined when there is none. */
  readonly state: LastGoodState | undefined;
  /** False when a newer copy may have existed and is lost, so that file names know more than `state`. */
  readonly intact: boolean;
  readonly findings: readonly Finding[];
}

/** `state.json` and the one before it, `state.previous.json`, under each root. Reading never throws. */
export class StateFile {
  readonly #roots: readonly string[];
  readonly #disk: Disk;
  readonly #faults: FaultPoints;

  /** The first root is the disk; a second one stands in while the disk refuses writes. */
  constructor(roots: readonly string[], disk: Disk, faults: FaultPoints) {
    this.#roots = roots;
    this.#disk = disk;
    this.#faults = faults;
  }

  read(): ReadState {
    const findings: Finding[] = [];
    let newest: LastGoodState | undefined;
    let intact = true;
    for (const root of this.#roots) {
      const copies = [stateName, previousName].map((name) => this.#readCopy(join(root, name)));
      const [state, previous] = copies;
      // A previous copy without the state itself: somebody or something took the newer one away.
      if (state === 'unreadable' || (state === 'absent' && previous !== 'absent')) {
        intact = false;
        findings.push(unreadable(join(root, stateName), previous !== 'absent' && previous !== 'unreadable'));
      }
      for (const copy of copies) {
        if (copy === undefined || typeof copy === 'string') continue;
        if (newest === undefined || copy.generation > newest.generation) newest = copy;
      }
    }
    return { state: newest, intact: intact && newest !== undefined, findings };
  }

  /** Saves under the first root that takes it; throws the disk's error when none does. */
  save(state: LastGoodState): void {
    saveWhereTaken(this.#roots, (root) => this.#saveUnder(root, state));
  }

  #saveUnder(root: string, state: LastGoodState): void {
    this.#disk.makeFolder(root);
    const now = this.#readCopy(join(root, stateName));
    if (typeof now !== 'string') {
      writeDurably(this.#disk, this.#faults, 'lastgood.state-copy', root, previousName, encodeState(now));
    }
    writeDurably(this.#disk, this.#faults, 'lastgood.state', root, stateName, encodeState(state));
  }

  #readCopy(path: string): LastGoodState | 'absent' | 'unreadable' {
    try {
      if (!this.#disk.exists(path)) return 'absent';
      return decodeState(this.#disk.read(path, lastGoodLimits.stateBytesMax)) ?? 'unreadable';
    } catch {
      return 'unreadable';
    }
  }
}

const stateName = 'state.json';
const previousName = 'state.previous.json';

function unreadable(path: string, previousUsable: boolean): Finding {
  const next = previousUsable ? 'the copy before it and the names of the bundles' : 'the names of the bundles';
  return { reason: 'state-unreadable', message: `${path} is damaged or gone; ${next} say what ran last.` };
}
