import type { ParsedSample } from '../resilience/prometheus.ts';
import type { EdgePids } from './soakedEdge.ts';

/** One metric over all workers, by its labels besides the worker. */
export function sumOf(metrics: readonly ParsedSample[], name: string): [label: string, count: number][] {
  const sums = new Map<string, number>();
  for (const sample of metrics) {
    if (sample.name !== name) continue;
    const { worker: _, ...labels } = sample.labels;
    const label = [name.replace(/^holdfast_edge_|_total$/g, ''), ...Object.values(labels)].join(' ');
    sums.set(label, (sums.get(label) ?? 0) + sample.value);
  }
  return [...sums];
}

export function requestsOf(metrics: readonly ParsedSample[]): number {
  return sumOf(metrics, 'holdfast_edge_requests_total').reduce((sum, [, count]) => sum + count, 0);
}

/** What may not be at all in an edge that is well, by name. */
export function dyingProcesses(
  metrics: readonly ParsedSample[],
  before: EdgePids,
  after: EdgePids,
): Record<string, number> {
  const total = (name: string) => sumOf(metrics, name).reduce((sum, [, count]) => sum + count, 0);
  const internal = sumOf(metrics, 'holdfast_edge_own_errors_total').find(([label]) => label === 'own_errors internal');
  return {
    'worker deaths': total('holdfast_edge_worker_deaths_total'),
    'worker replacements': total('holdfast_edge_worker_replacements_total'),
    'agent deaths': total('holdfast_edge_agent_deaths_total'),
    'processes that are others than at the start': JSON.stringify(before) === JSON.stringify(after) ? 0 : 1,
    'errors of the edge itself': internal?.[1] ?? 0,
    'failed modules': total('holdfast_edge_module_failures_total'),
  };
}
