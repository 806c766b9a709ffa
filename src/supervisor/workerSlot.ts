import type { KindVersions } from '../contract/bundleKind.ts';
import type { ReplacementCause } from '../contract/metrics/labelValues.ts';
import type { WorkerGauges } from '../contract/metrics/workerGauges.ts';
import type { FromWorker, ToWorker } from '../contract/processMessages.ts';
import type { Timer } from '../kernel/clock.ts';
import type { Child } from './child.ts';
import type { MemoryWatch } from './memoryWatch.ts';
import { type DeathRecord, noDeaths } from './restartPolicy.ts';
import { SlotLedger } from './slotLedger.ts';

/** One worker process while it lives. */
export interface WorkerProcess {
  readonly child: Child<FromWorker, ToWorker>;
  /** Its `ready`, with the versions of its last activation; undefined before. */
  ready: Extract<FromWorker, { type: 'ready' }> | undefined;
  /** Whether it was told to activate anything, so that its death may not be the stored set's doing. */
  wasActivated: boolean;
  /** What it told last; undefined before. */
  gauges: WorkerGauges | undefined;
  readonly memory: MemoryWatch;
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
  restartTimer: Timer | undefined;
  readonly ledger: SlotLedger;
  /** Why `incoming` is there. */
  replacedFor: ReplacementCause;
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
    ledger: new SlotLedger(),
    replacedFor: 'asked',
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
