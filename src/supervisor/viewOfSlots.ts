import type { KindVersions } from '../contract/bundleKind.ts';
import type { ProcessView, SlotView } from './admin/edgeView.ts';
import { processesOf, type WorkerProcess, type WorkerSlot } from './workerSlot.ts';

/** The slots as the admin socket shows them. */
export function viewOfSlots(
  slots: readonly WorkerSlot[],
  serves: (versions: KindVersions) => boolean,
  nowMs: number,
): readonly SlotView[] {
  const viewOf = (slot: WorkerSlot, worker: WorkerProcess): ProcessView => ({
    pid: worker.child.pid,
    role: slot.active === worker ? 'active' : slot.incoming === worker ? 'incoming' : 'draining',
    livedMs: nowMs - worker.child.startedAtMs,
    versions: worker.ready?.versions,
    serves: worker.ready !== undefined && !worker.child.isHung && serves(worker.ready.versions),
    gauges: worker.gauges,
  });
  return slots.map((slot) => ({
    slot: slot.number,
    starts: slot.ledger.starts,
    deaths: slot.ledger.deaths,
    replacements: slot.ledger.replacements,
    sums: slot.ledger.sums,
    processes: processesOf(slot).map((worker) => viewOf(slot, worker)),
  }));
}
