import type { KindVersions } from '../../contract/bundleKind.ts';
import type { DeathCause, ReplacementCause } from '../../contract/metrics/labelValues.ts';
import type { WorkerGauges } from '../../contract/metrics/workerGauges.ts';
import type { CounterSums } from './counterSums.ts';

/** What the supervisor knows of its edge at one moment; made by it whenever the admin socket is asked. */
export interface EdgeView {
  /** Everything ends: nobody should send more here. */
  readonly isStopping: boolean;
  readonly startedWallMs: number;
  readonly slots: readonly SlotView[];
  readonly agent: { readonly pid: number | null; readonly deaths: number };
}

/** One worker slot and what its processes did, one after another. */
export interface SlotView {
  readonly slot: number;
  readonly starts: number;
  readonly deaths: Readonly<Record<DeathCause, number>>;
  readonly replacements: Readonly<Record<ReplacementCause, number>>;
  /** Of all its processes, gone or not. */
  readonly sums: CounterSums;
  readonly processes: readonly ProcessView[];
}

/** One worker process that lives. */
export interface ProcessView {
  readonly pid: number;
  /** incoming: starts, to take over; draining: was replaced and finishes its requests. */
  readonly role: 'active' | 'incoming' | 'draining';
  readonly livedMs: number;
  /** undefined: it is not ready yet. */
  readonly versions: KindVersions | undefined;
  /** It is ready and has what this edge was started for. */
  readonly serves: boolean;
  /** undefined: it has told nothing yet. */
  readonly gauges: WorkerGauges | undefined;
}
