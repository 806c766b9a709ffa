import { edgeMetrics } from '../../src/contract/metrics/edgeMetrics.ts';
import type { MetricLabel, MetricRow } from '../../src/contract/metrics/metricRow.ts';
import type { Section } from './section.ts';
import { table, words } from './table.ts';

export const metricsSection: Section = {
  file: 'docs/operate/admin.md',
  marker: 'metrics',
  make: () =>
    table(
      ['metric', 'type', 'labels', 'what'],
      edgeMetrics.map((row: MetricRow) => [words([row.name]), row.type, labelsOf(row), sentenceOf(row)]),
    ),
};

function labelsOf(row: MetricRow): string {
  const isPerWorker = !('of' in row) || row.of === 'worker';
  const own =
    'fold' in row
      ? row.label === undefined
        ? []
        : [{ name: row.label, values: row.reads.map(({ value }) => value ?? '') }]
      : row.labels;
  const labels: readonly MetricLabel[] = [...(isPerWorker ? [{ name: 'worker' }] : []), ...own];
  return [...labels.map(labelText), ...(row.type === 'histogram' ? ['`le`'] : [])].join('; ');
}

function labelText({ name, values, explainedIn }: MetricLabel): string {
  if (explainedIn !== undefined) return `[\`${name}\`](${explainedIn})`;
  return values === undefined ? words([name]) : `${words([name])}: ${words(values)}`;
}

function sentenceOf({ help, more }: MetricRow): string {
  return more === undefined ? help : `${help}; ${more}`;
}
