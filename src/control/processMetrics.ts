import { readdirSync, readFileSync } from 'node:fs';
import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import type { Clock } from '../kernel/clock.ts';
import type { PrometheusText, Sample } from '../kernel/metrics/prometheusText.ts';

const gcKinds: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};
const gcBoundsS = [0.001, 0.01, 0.1, 1, 2, 5];
const lagPercentiles = [50, 90, 99];
/** Of the clock that the delays are read from. */
const lagResolutionMs = 10;

/** What control's process itself does, under the names by which dashboards for Node know it. */
export class ProcessMetrics {
  /** Since the last page: a page tells of the time between two. */
  readonly #delays = monitorEventLoopDelay({ resolution: lagResolutionMs });
  readonly #collections = new Map<string, { readonly counts: number[]; sum: number }>();
  readonly #clock: Clock;
  readonly #startedS: number;
  #lagS = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedS = Math.round(clock.wallMs() / 1_000 - process.uptime());
    this.#delays.enable();
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { detail } = entry as PerformanceEntry & { readonly detail?: { readonly kind?: number } };
        this.#collected(gcKinds[detail?.kind ?? 0] ?? 'other', entry.duration / 1_000);
      }
    }).observe({ entryTypes: ['gc'] });
  }

  write(text: PrometheusText): void {
    writeCpu(text);
    text.gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', [
      [{}, this.#startedS],
    ]);
    writeKernelsView(text);
    this.#writeLag(text);
    writeActive(text);
    writeHeap(text);
    const [major = '', minor = '', patch = ''] = process.versions.node.split('.');
    const version = { version: process.version, major, minor, patch };
    text.gauge('nodejs_version_info', 'Node.js version info.', [[version, 1]]);
    text.histogram(
      'nodejs_gc_duration_seconds',
      'Garbage collection duration by kind, one of major, minor, incremental or weakcb.',
      gcBoundsS,
      [...this.#collections].map(([kind, { counts, sum }]) => ({ labels: { kind }, counts, sum })),
    );
  }

  #collected(kind: string, seconds: number): void {
    const collection = this.#collections.get(kind) ?? { counts: Array<number>(gcBoundsS.length + 1).fill(0), sum: 0 };
    this.#collections.set(kind, collection);
    const bucket = gcBoundsS.findIndex((bound) => seconds <= bound);
    collection.counts[bucket === -1 ? gcBoundsS.length : bucket]! += 1;
    collection.sum += seconds;
  }

  #writeLag(text: PrometheusText): void {
    const delays = this.#delays;
    const gauge = (name: string, help: string, seconds: number) =>
      text.gauge(`nodejs_eventloop_lag_${name}`, help, [[{}, Number.isNaN(seconds) ? 0 : seconds]]);
    gauge('seconds', 'Lag of event loop in seconds.', this.#lagS);
    gauge('min_seconds', 'The minimum recorded event loop delay.', delays.min / 1e9);
    gauge('max_seconds', 'The maximum recorded event loop delay.', delays.max / 1e9);
    gauge('mean_seconds', 'The mean of the recorded event loop delays.', delays.mean / 1e9);
    gauge('stddev_seconds', 'The standard deviation of the recorded event loop delays.', delays.stddev / 1e9);
    for (const percentile of lagPercentiles) {
      const help = `The ${percentile}th percentile of the recorded event loop delays.`;
      gauge(`p${percentile}_seconds`, help, delays.percentile(percentile) / 1e9);
    }
    delays.reset();
    // How long this turn takes is known at its end, and told by the next page.
    const startMs = this.#clock.monotonicMs();
    setImmediate(() => {
      this.#lagS = (this.#clock.monotonicMs() - startMs) / 1_000;
    });
  }
}

function writeCpu(text: PrometheusText): void {
  const { user, system } = process.cpuUsage();
  const counter = (name: string, whose: string, microseconds: number) =>
    text.counter(name, `Total ${whose} CPU time spent in seconds.`, [[{}, microseconds / 1e6]]);
  counter('process_cpu_user_seconds_total', 'user', user);
  counter('process_cpu_system_seconds_total', 'system', system);
  counter('process_cpu_seconds_total', 'user and system', user + system);
}

/** What Linux says of the process; where there is no `/proc` only its resident memory is known. */
function writeKernelsView(text: PrometheusText): void {
  const status = readText('/proc/self/status');
  const kibOf = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN);
  const gauge = (name: string, help: string, value: number) =>
    text.gauge(name, help, Number.isNaN(value) ? [] : [[{}, value]]);
  gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', process.memoryUsage.rss());
  gauge('process_virtual_memory_bytes', 'Virtual memory size in bytes.', kibOf('VmSize') * 1_024);
  gauge('process_heap_bytes', 'Process heap size in bytes.', kibOf('VmData') * 1_024);
  gauge('process_open_fds', 'Number of open file descriptors.', openDescriptors());
  const most = /^Max open files\s+(\d+)/m.exec(readText('/proc/self/limits'))?.[1];
  gauge('process_max_fds', 'Maximum number of open file descriptors.', Number(most ?? Number.NaN));
}

function openDescriptors(): number {
  try {
    // One of them is the folder's own, while it is read.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return Number.NaN;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Node tells of handles and requests by calls that it does not document, and did so since its first days. */
interface Undocumented {
  _getActiveHandles?(): readonly object[];
  _getActiveRequests?(): readonly object[];
}

function writeActive(text: PrometheusText): void {
  const { _getActiveHandles: handles, _getActiveRequests: requests } = process as Undocumented;
  const byType = (name: string, helps: readonly [each: string, all: string], types: readonly string[]) => {
    text.gauge(`nodejs_active_${name}`, helps[0], countsOf(types));
    text.gauge(`nodejs_active_${name}_total`, helps[1], [[{}, types.length]]);
  };
  const classesOf = (all: readonly object[] | undefined) => (all ?? []).map((one) => one.constructor.name);
  byType(
    'resources',
    [
      'Number of active resources that are currently keeping the event loop alive, grouped by async resource type.',
      'Total number of active resources.',
    ],
    process.getActiveResourcesInfo(),
  );
  byType(
    'handles',
    [
      'Number of active libuv handles grouped by handle type. Every handle type is C++ class name.',
      'Total number of active handles.',
    ],
    classesOf(handles?.call(process)),
  );
  byType(
    'requests',
    [
      'Number of active libuv requests grouped by request type. Every request type is C++ class name.',
      'Total number of active requests.',
    ],
    classesOf(requests?.call(process)),
  );
}

function countsOf(types: readonly string[]): Sample[] {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => [{ type }, count]);
}

function writeHeap(text: PrometheusText): void {
  const { heapTotal, heapUsed, external } = process.memoryUsage();
  text.gauge('nodejs_heap_size_total_bytes', 'Process heap size from Node.js in bytes.', [[{}, heapTotal]]);
  text.gauge('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.', [[{}, heapUsed]]);
  text.gauge('nodejs_external_memory_bytes', 'Node.js external memory size in bytes.', [[{}, external]]);
  const spaces = getHeapSpaceStatistics();
  for (const [name, key] of [
    ['total', 'space_size'],
    ['used', 'space_used_size'],
    ['available', 'space_available_size'],
  ] as const) {
    text.gauge(
      `nodejs_heap_space_size_${name}_bytes`,
      `Process heap space size ${name} from Node.js in bytes.`,
      spaces.map((space) => [{ space: space.space_name.replace(/_space$/, '') }, space[key]]),
    );
  }
}
