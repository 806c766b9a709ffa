import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { BundleKind } from '../contract/bundleKind.ts';
import { bundleKinds } from '../contract/bundleKind.ts';
import type { EdgeStatus, KindStatus } from '../contract/controlApi.ts';
import { type Finding, refusalReasons } from '../contract/finding.ts';
import type { WorkerHealth } from '../contract/processMessages.ts';

/** What /metrics tells; labels come from closed lists, but for the names of edges, which are bounded. */
export class ControlMetrics {
  readonly #registry = new Registry();
  readonly #refusals: Counter;
  readonly #published: Counter;
  readonly #storeFailures: Counter;

  constructor(read: { kinds: () => readonly KindStatus[]; edges: () => readonly EdgeStatus[]; waiting: () => number }) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#refusals = new Counter({
      name: 'holdfast_refusals_total',
      help: 'Bundles refused, one count per reason',
      labelNames: ['kind', 'place', 'reason'],
      registers,
    });
    this.#published = new Counter({
      name: 'holdfast_published_total',
      help: 'Bundles that control took in',
      labelNames: ['kind'],
      registers,
    });
    this.#storeFailures = new Counter({
      name: 'holdfast_control_store_failures_total',
      help: 'Calls answered 503 because the store could not be read or written',
      registers,
    });
    addKindGauges(registers, read.kinds);
    addEdgeGauges(registers, read.edges);
    gauge(registers, 'holdfast_control_waiting', 'Long polls that wait for a change', [], (g) => g.set(read.waiting()));
  }

  refused(kind: BundleKind, place: string, findings: readonly Finding[]): void {
    // An edge of another version may send any short word; a label must not grow with what is sent.
    const known = findings.map(({ reason }) =>
      (refusalReasons as readonly string[]).includes(reason) ? reason : 'other',
    );
    for (const reason of new Set(known)) this.#refusals.inc({ kind, place, reason });
  }

  published(kind: BundleKind): void {
    this.#published.inc({ kind });
  }

  storeFailed(): void {
    this.#storeFailures.inc();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

function addKindGauges(registers: Registry[], kinds: () => readonly KindStatus[]): void {
  gauge(registers, 'holdfast_kind_version', 'Newest version at control', ['kind'], (g) => {
    for (const status of kinds()) g.set({ kind: status.kind }, status.latest);
  });
  gauge(registers, 'holdfast_kind_frozen', '1 while the kind is frozen', ['kind'], (g) => {
    for (const status of kinds()) g.set({ kind: status.kind }, status.frozen ? 1 : 0);
  });
}

function addEdgeGauges(registers: Registry[], edges: () => readonly EdgeStatus[]): void {
  gauge(registers, 'holdfast_edge_last_seen_seconds', 'Time of the last report', ['edge'], (g) => {
    for (const { edge, lastSeenMs } of edges()) g.set({ edge }, lastSeenMs / 1_000);
  });
  gauge(registers, 'holdfast_edge_version', 'Version in force on an edge', ['edge', 'kind'], (g) => {
    for (const { edge, report } of edges()) {
      for (const kind of bundleKinds) {
        const version = report.versions[kind];
        if (version !== undefined) g.set({ edge, kind }, version);
      }
    }
  });
  for (const [key, name, help] of healthGauges) {
    gauge(registers, name, help, ['edge'], (g) => {
      for (const { edge, report } of edges()) {
        g.set(
          { edge },
          report.workers.reduce((sum, worker) => sum + (worker.health[key] ?? 0), 0),
        );
      }
    });
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

function gauge(
  registers: Registry[],
  name: string,
  help: string,
  labelNames: string[],
  collect: (gauge: Gauge) => void,
): void {
  new Gauge({
    name,
    help,
    labelNames,
    registers,
    collect() {
      this.reset();
      collect(this);
    },
  });
}
