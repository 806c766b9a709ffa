import { type CountFamily, edgeMetrics } from '../../contract/metrics/edgeMetrics.ts';
import type { CounterRow, GaugeRow, HistogramRow, MetricLabel } from '../../contract/metrics/metricRow.ts';
import type { WorkerGauges } from '../../contract/metrics/workerGauges.ts';
import { labelJoin } from '../../contract/workerCounts.ts';
import { type Labels, PrometheusText, type Sample } from '../../kernel/metrics/prometheusText.ts';
import { labelsOf } from './counterSums.ts';
import type { EdgeView, SlotView } from './edgeView.ts';
import { type Build, viewMetrics } from './viewMetrics.ts';

/** `/metrics`: counters per worker slot over all its processes, gauges over those that live. */
export function metricsPage(view: EdgeView, build: Build): string {
  const text = new PrometheusText();
  for (const row of edgeMetrics) {
    if ('of' in row) text[row.type](row.name, row.help, viewMetrics[row.name](view, build));
    else if (row.type === 'counter') text.counter(row.name, row.help, counted(row, view.slots));
    else if (row.type === 'gauge') text.gauge(row.name, row.help, gauged(row, view.slots));
    else text.histogram(row.name, row.help, row.bounds, distributions(row, view.slots));
  }
  return text.toString();
}

function counted({ family, labels, scale = 1 }: CounterRow, slots: readonly SlotView[]): Sample[] {
  const closed = labels.filter((label): label is ClosedLabel => label.values !== undefined);
  return slots.flatMap(({ slot, sums }) => {
    const counts = sums.of(family as CountFamily);
    const keys = closed.length === labels.length ? closedKeys(closed, counts) : [...counts.keys()];
    return keys.map((key): Sample => [{ worker: slot, ...shown(key, labels) }, (counts.get(key) ?? 0) * scale]);
  });
}

type ClosedLabel = MetricLabel & { readonly values: readonly (string | number)[] };

/** All that may be counted. Of one label alone also what a worker of another release counted: it may know more words. */
function closedKeys(labels: readonly ClosedLabel[], counts: ReadonlyMap<string, number>): readonly string[] {
  const keys = labels
    .map(({ values, keyedByPlace }) => values.map((value, place) => (keyedByPlace ? place : value)))
    .reduce<string[]>(
      (before, values) =>
        before.flatMap((key) => values.map((value) => (key === '' ? `${value}` : key + labelJoin + value))),
      [''],
    );
  return labels.length === 1 ? [...new Set([...keys, ...counts.keys()])] : keys;
}

function shown(key: string, labels: readonly MetricLabel[]): Labels {
  const parts = labelsOf(key);
  return Object.fromEntries(
    labels.map(({ name, values, keyedByPlace }, index) => {
      const part = parts[index] ?? '';
      return [name, keyedByPlace ? (values?.[Number(part)] ?? part) : part];
    }),
  );
}

function distributions({ family, sumFamily, labels, bounds }: HistogramRow, slots: readonly SlotView[]) {
  return slots.flatMap(({ slot, sums }) => {
    const counts = sums.of(family as CountFamily);
    return closedKeys(labels, new Map()).map((key) => ({
      labels: { worker: slot, ...shown(key, labels) },
      counts: [...bounds, 0].map((_, bucket) => counts.get(key === '' ? `${bucket}` : key + labelJoin + bucket) ?? 0),
      sum: (sums.of(sumFamily as CountFamily).get(key) ?? 0) / 1_000,
    }));
  });
}

/** One number for all living processes of a slot that have told anything. */
function gauged({ fold, label, reads }: GaugeRow, slots: readonly SlotView[]): Sample[] {
  const told = slots.map(({ slot, processes }) => ({
    slot,
    gauges: processes.flatMap(({ gauges }): WorkerGauges[] => (gauges === undefined ? [] : [gauges])),
  }));
  return reads.flatMap(({ value, read }) =>
    told.map(({ slot, gauges }): Sample => {
      const values = gauges.map(read);
      const labels = label === undefined ? { worker: slot } : { worker: slot, [label]: value! };
      return [labels, fold === 'sum' ? values.reduce((a, b) => a + b, 0) : Math.max(0, ...values)];
    }),
  );
}
