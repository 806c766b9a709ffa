import type { WorkerGauges } from './workerGauges.ts';

/**
 * One metric of the edge's admin socket. The page, what workers count it in and the documents' table come out of the row.
 * Counters and histograms are per worker slot; each sample has the label `worker` before the row's own.
 */
export type MetricRow = CounterRow | HistogramRow | GaugeRow | ViewRow;

interface Named {
  readonly name: `holdfast_edge_${string}`;
  /** Stands on the page, without a full stop. */
  readonly help: string;
  /** What the documents say beyond it. */
  readonly more?: string;
}

/** What workers count; sums outlive them. */
export interface CounterRow extends Named {
  readonly type: 'counter';
  /** Under which name workers send it. */
  readonly family: string;
  /** In the order in which a key of the family has their values. */
  readonly labels: readonly MetricLabel[];
  /** What the count is multiplied with; without: 1. */
  readonly scale?: number;
}

/** Keys of the family end with the number of a bucket. Not cumulative; the page is. */
export interface HistogramRow extends Named {
  readonly type: 'histogram';
  readonly family: string;
  /** Milliseconds of all that was counted. */
  readonly sumFamily: string;
  readonly labels: readonly (MetricLabel & { readonly values: readonly string[] })[];
  /** Upper bounds in seconds. */
  readonly bounds: readonly number[];
}

/** What workers are now, over all living processes of a slot. */
export interface GaugeRow extends Named {
  readonly type: 'gauge';
  readonly fold: 'sum' | 'max';
  /** One sample for each; `value` where there is a label. */
  readonly label?: string;
  readonly reads: readonly { readonly value?: string; read(gauges: WorkerGauges): number }[];
}

/** What the supervisor knows by itself. */
export interface ViewRow extends Named {
  readonly type: 'counter' | 'gauge';
  readonly of: 'edge' | 'worker';
  readonly labels: readonly MetricLabel[];
}

export interface MetricLabel {
  readonly name: string;
  /** A closed list: each is shown from the start, with 0. Without one, what was counted is shown. */
  readonly values?: readonly (string | number)[];
  /** Keys of the family have a value's place in the list instead of the value. */
  readonly keyedByPlace?: true;
  /** Where the documents explain the values, for lists that are too long for a table. */
  readonly explainedIn?: string;
}
