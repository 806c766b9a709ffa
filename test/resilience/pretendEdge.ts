import { join } from 'node:path';
import { checkBundle } from '../../src/agent/checkBundle.ts';
import { Agent } from '../../src/agent/index.ts';
import type { KindVersions } from '../../src/contract/bundleKind.ts';
import { dataFolder } from '../../src/contract/dataFolder.ts';
import type { Finding } from '../../src/contract/finding.ts';
import { systemClock, type TimerClock } from '../../src/kernel/clock.ts';
import { type Disk, systemDisk } from '../../src/kernel/disk.ts';
import { type FaultPoints, noFaults } from '../../src/kernel/faults.ts';
import { type Logger, silentLogger } from '../../src/kernel/log.ts';
import { type LastGood, LastGoodStore, LocalSwitches, type ShippedPayloads } from '../../src/lastgood/index.ts';
import { PretendWorkers, type PretendWorkersOptions } from './agent/pretendWorkers.ts';
import { type Keys, trustOf } from './smallBundles.ts';

export interface PretendEdge {
  readonly agent: Agent;
  readonly workers: PretendWorkers;
  readonly store: LastGoodStore;
  stop(): void;
}

export interface PretendEdgeOptions {
  readonly data: string;
  readonly keys: Keys;
  readonly disk?: Disk;
  readonly faults?: FaultPoints;
  readonly clock?: TimerClock;
  readonly logger?: Logger;
  readonly behaviour?: PretendWorkersOptions['behaviour'];
  readonly hold?: PretendWorkersOptions['hold'];
  readonly check?: () => Promise<readonly Finding[]>;
  readonly watchMs?: number;
  readonly workers?: number;
  readonly spillFolder?: string;
  readonly shipped?: ShippedPayloads;
}

/** The real agent and the real last good over `data`, with pretended workers, all in this process. */
export function startPretendEdge(options: PretendEdgeOptions): PretendEdge {
  const { keys, disk = systemDisk, faults = noFaults, spillFolder } = options;
  const lastGood = openLastGoodIn(options.data, keys, disk, faults, spillFolder, options.shipped);
  const workers = new PretendWorkers({
    workers: options.workers ?? 2,
    store: openLastGoodIn(options.data, keys, disk, noFaults, spillFolder).store,
    toAgent: (message) => agent.handle(message),
    behaviour: options.behaviour ?? (() => 'well'),
    ...(options.hold === undefined ? {} : { hold: options.hold }),
  });
  const agent = new Agent({
    lastGood,
    send: (message) => workers.fromAgent(message),
    // In the real agent this runs in a process of its own; what is tested here is what stands around it.
    check: options.check ?? (async (task) => checkBundle({ ...task, id: 0 }, () => performance.now())),
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
    faults,
    watchMs: options.watchMs ?? 10,
  });
  agent.start();
  workers.start();
  return { agent, workers, store: lastGood.store, stop: () => workers.stop() };
}

export function openLastGoodIn(
  data: string,
  keys: Keys,
  disk: Disk = systemDisk,
  faults: FaultPoints = noFaults,
  spillFolder: string | null = null,
  shipped: ShippedPayloads = {},
): LastGood {
  const folder = dataFolder(data);
  return {
    store: new LastGoodStore({
      folder: folder.bundles,
      spillFolder,
      disk,
      faults,
      trust: () => ({ central: trustOf(keys), local: [] }),
      shipped,
    }),
    localSwitches: new LocalSwitches(join(folder.edge, 'local-switches.json'), spillFolder, disk, faults),
    spillFolder,
  };
}

/** Versions that worker 3 and up would be told: whatever is above is refused by every worker. */
export function refuseFrom(version: number): PretendWorkersOptions['behaviour'] {
  return (_slot: number, versions: KindVersions) =>
    Object.values(versions).some((each) => each >= version) ? 'refuse' : 'well';
}
