import type { KindVersions } from '../../contract/bundleKind.ts';
import type { FromWorker, ToWorker } from '../../contract/processMessages.ts';
import type { Child } from './child.ts';
import { type DeathRecord, noDeaths } from './restartPolicy.ts';

/** One worker process while it lives. */
export interface WorkerProcess {
  readonly child: Child<FromWorker, ToWorker>;
  /** Its `ready`, with the versions of its last activation; undefined before. */
  ready: Extract<FromWorker, { type: 'ready' }> | undefined;
  /** Whether it was told to activate anything, so that its death may not be the stored set's doing. */
  wasActivated: boolean;
}

/** A worker's listening sockets, one per listener, and whoever holds them. */
export interface WorkerSlot {
  readonly number: number;
  readonly descriptors: readonly number[];
  /** The one that the agent knows of. */
  active: WorkerProcess | undefined;
  /** Starts on the same socket and takes over when it is ready. */
  incoming: WorkerProcess | undefined;
  /** Replaced ones that finish their requests. */
  readonly draining: Set<WorkerProcess>;
  deaths: DeathRecord;
  restartTimer: NodeJS.Timeout | undefined;
}

export function emptySlot(number: number, descriptors: readonly number[]): WorkerSlot {
  return {
    number,
    descriptors,
    active: undefined,
    incoming: undefined,
    draining: new Set(),
    deaths: noDeaths,
    restartTimer: undefined,
  };
}

export function processesOf(slot: WorkerSlot): WorkerProcess[] {
  return [slot.active, slot.incoming, ...slot.draining].filter((worker) => worker !== undefined);
}

export function versionsText(versions: KindVersions): string {
  return Object.entries(versions)
    .map(([kind, version]) => `${kind}=${version}`)
    .join(' ');
}
