import type { KindVersions } from './bundleKind.ts';
import type { CountFamily } from './metrics/edgeMetrics.ts';
import type { WorkerGauges } from './metrics/workerGauges.ts';

/**
 * Label values are the keys of a family's record, joined by this where there are several; a family without labels has the
 * one key ''. It is in no label value: names of sites and origins are printable.
 */
export const labelJoin = '\n';

export type FamilyCounts = Readonly<Partial<Record<CountFamily, Readonly<Record<string, number>>>>>;

/**
 * Counts since the worker's start, those that are not 0, and gauges; for the supervisor alone, which adds up what the
 * workers of a slot counted one after another. Bounded by the worker.
 */
export interface WorkerCounts {
  readonly counters: FamilyCounts;
  readonly gauges: WorkerGauges;
  readonly versions: KindVersions;
}

/** How often a worker sends them; what it counted since the last time is lost with a worker that is killed. */
export const countsEveryMs = 1_000;
