import { type BundleKind, bundleKinds } from '../contract/bundleKind.ts';
import type { EdgeStatus, KindStatus } from '../contract/controlApi.ts';
import { type Finding, refusalReasons } from '../contract/finding.ts';
import type { WorkerHealth } from '../contract/processMessages.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Labels, PrometheusText, type Sample } from '../kernel/metrics/prometheusText.ts';
import { ProcessMetrics } from './processMetrics.ts';

/** What is read when a page is made. */
export interface MetricsSource {
  readonly kinds: () => readonly KindStatus[];
  readonly edges: () => readonly EdgeStatus[];
  readonly waiting: () => number;
}

/** What /metrics tells; labels come from closed lists, but for the names of edges, which are bounded. */
export class ControlMetrics {
  readonly #source: MetricsSource;
  readonly #process: ProcessMetrics;
  readonly #refusals = new Counts();
  readonly #published = new Counts();
  #storeFailures = 0;

  constructor(source: MetricsSource, clock: Clock) {
    this.#source = source;
    this.#process = new ProcessMetrics(clock);
  }

  refused(kind: BundleKind, place: string, findings: readonly Finding[]): void {
    // An edge of another version may send any short word; a label must not grow with what is sent.
    const known = findings.map(({ reason }) =>
      (refusalReasons as readonly string[]).includes(reason) ? reason : 'other',
    );
    for (const reason of new Set(known)) this.#refusals.add({ kind, place, reason });
  }

  published(kind: BundleKind): void {
    this.#published.add({ kind });
  }

  storeFailed(): void {
    this.#storeFailures += 1;
  }

  text(): string {
    const text = new PrometheusText();
    this.#process.write(text);
    text.counter('holdfast_refusals_total', 'Bundles refused, one count per reason', this.#refusals.samples());
    text.counter('holdfast_published_total', 'Bundles that control took in', this.#published.samples());
    const failures = 'Calls answered 503 because the store could not be read or written';
    text.counter('holdfast_control_store_failures_total', failures, [[{}, this.#storeFailures]]);
    const { kinds, edges, waiting } = this.#source;
    writeKinds(text, kinds());
    writeEdges(text, edges());
    text.gauge('holdfast_control_waiting', 'Long polls that wait for a change', [[{}, waiting()]]);
    return text.toString();
  }
}

/** A counter with labels. */
class Counts {
  readonly #counts = new Map<string, { readonly labels: Labels; count: number }>();

  add(labels: Labels): void {
    const key = JSON.stringify(labels);
    const row = this.#counts.get(key) ?? { labels, count: 0 };
    row.count += 1;
    this.#counts.set(key, row);
  }

  samples(): Sample[] {
    return [...this.#counts.values()].map(({ labels, count }) => [labels, count]);
  }
}

function writeKinds(text: PrometheusText, kinds: readonly KindStatus[]): void {
  const samples = (value: (status: KindStatus) => number) =>
    kinds.map((status): Sample => [{ kind: status.kind }, value(status)]);
  text.gauge(
    'holdfast_kind_version',
    'Newest version at control',
    samples(({ latest }) => latest),
  );
  text.gauge(
    'holdfast_kind_frozen',
    '1 while the kind is frozen',
    samples(({ frozen }) => (frozen ? 1 : 0)),
  );
}

function writeEdges(text: PrometheusText, edges: readonly EdgeStatus[]): void {
  const seen = edges.map(({ edge, lastSeenMs }): Sample => [{ edge }, lastSeenMs / 1_000]);
  text.gauge('holdfast_edge_last_seen_seconds', 'Time of the last report', seen);
  const versions = edges.flatMap(({ edge, report }) =>
    bundleKinds.flatMap((kind): Sample[] => {
      const version = report.versions[kind];
      return version === undefined ? [] : [[{ edge, kind }, version]];
    }),
  );
  text.gauge('holdfast_edge_version', 'Version in force on an edge', versions);
  for (const [key, name, help] of healthGauges) {
    const sums = edges.map(({ edge, report }): Sample => {
      return [{ edge }, report.workers.reduce((sum, worker) => sum + (worker.health[key] ?? 0), 0)];
    });
    text.gauge(name, help, sums);
  }
}

/** Sums over an edge's workers since each worker's start; gauges, because a replaced worker starts at zero. */
const healthGauges: readonly [keyof Omit<WorkerHealth, 'rejected' | 'latencyP99Ms'>, string, string][] = [
  ['requests', 'holdfast_edge_requests', 'Requests served by the workers that run now'],
  ['status5xxOwn', 'holdfast_edge_5xx_own', '5xx that the edge itself made'],
  ['upstreamFailures', 'holdfast_edge_upstream_failures', '502 and 504 because the origin failed'],
  ['refusals', 'holdfast_edge_refusals', 'Requests refused by rules'],
  ['moduleFailures', 'holdfast_edge_module_failures', 'Failures of modules, caught by the guard'],
  ['circuitOpenings', 'holdfast_edge_circuit_openings', 'Times that a module was left alone because it kept failing'],
  ['logRecordsDropped', 'holdfast_edge_log_records_dropped', 'Log records dropped because the queue was full'],
  ['rssBytes', 'holdfast_edge_rss_bytes', 'Memory of the workers'],
];
