import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../kernel/clock.ts';
import { PrometheusText } from '../kernel/metrics/prometheusText.ts';
import { ProcessMetrics } from './processMetrics.ts';

/** What dashboards for Node ask for, as prom-client 15 named it. */
const families = `counter process_cpu_user_seconds_total: Total user CPU time spent in seconds.
counter process_cpu_system_seconds_total: Total system CPU time spent in seconds.
counter process_cpu_seconds_total: Total user and system CPU time spent in seconds.
gauge process_start_time_seconds: Start time of the process since unix epoch in seconds.
gauge process_resident_memory_bytes: Resident memory size in bytes.
gauge process_virtual_memory_bytes: Virtual memory size in bytes.
gauge process_heap_bytes: Process heap size in bytes.
gauge process_open_fds: Number of open file descriptors.
gauge process_max_fds: Maximum number of open file descriptors.
gauge nodejs_eventloop_lag_seconds: Lag of event loop in seconds.
gauge nodejs_eventloop_lag_min_seconds: The minimum recorded event loop delay.
gauge nodejs_eventloop_lag_max_seconds: The maximum recorded event loop delay.
gauge nodejs_eventloop_lag_mean_seconds: The mean of the recorded event loop delays.
gauge nodejs_eventloop_lag_stddev_seconds: The standard deviation of the recorded event loop delays.
gauge nodejs_eventloop_lag_p50_seconds: The 50th percentile of the recorded event loop delays.
gauge nodejs_eventloop_lag_p90_seconds: The 90th percentile of the recorded event loop delays.
gauge nodejs_eventloop_lag_p99_seconds: The 99th percentile of the recorded event loop delays.
gauge nodejs_active_resources: Number of active resources that are currently keeping the event loop alive, grouped by async resource type.
gauge nodejs_active_resources_total: Total number of active resources.
gauge nodejs_active_handles: Number of active libuv handles grouped by handle type. Every handle type is C++ class name.
gauge nodejs_active_handles_total: Total number of active handles.
gauge nodejs_active_requests: Number of active libuv requests grouped by request type. Every request type is C++ class name.
gauge nodejs_active_requests_total: Total number of active requests.
gauge nodejs_heap_size_total_bytes: Process heap size from Node.js in bytes.
gauge nodejs_heap_size_used_bytes: Process heap size used from Node.js in bytes.
gauge nodejs_external_memory_bytes: Node.js external memory size in bytes.
gauge nodejs_heap_space_size_total_bytes: Process heap space size total from Node.js in bytes.
gauge nodejs_heap_space_size_used_bytes: Process heap space size used from Node.js in bytes.
gauge nodejs_heap_space_size_available_bytes: Process heap space size available from Node.js in bytes.
gauge nodejs_version_info: Node.js version info.
histogram nodejs_gc_duration_seconds: Garbage collection duration by kind, one of major, minor, incremental or weakcb.`;

function page(metrics: ProcessMetrics): string {
  const text = new PrometheusText();
  metrics.write(text);
  return text.toString();
}

function figure(text: string, sample: string): number {
  const line = text.split('\n').find((line) => line.startsWith(`${sample} `));
  assert.ok(line !== undefined, `no ${sample}`);
  return Number(line.slice(sample.length + 1));
}

test('the families that dashboards for Node know, by name, type and help', () => {
  const lines = page(new ProcessMetrics(systemClock)).split('\n');
  const told = lines.flatMap((line, index) => {
    const [, name, help] = /^# HELP (\S+) (.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [`${lines[index + 1]!.split(' ')[3]} ${name}: ${help}`];
  });
  assert.deepEqual(told, families.split('\n'));
});

test('figures of this process, each where it belongs', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, async () => {
  const metrics = new ProcessMetrics(systemClock);
  let text = page(metrics);
  const near = (name: string, value: number, share = 0.2) => {
    const told = figure(text, name);
    assert.ok(Math.abs(told - value) <= value * share, `${name} ${told}, not ${value}`);
  };
  near('process_start_time_seconds', Date.now() / 1_000 - process.uptime(), 1e-8);
  near('process_resident_memory_bytes', process.memoryUsage.rss());
  near('process_cpu_seconds_total', (process.cpuUsage().user + process.cpuUsage().system) / 1e6, 0.5);
  near('nodejs_heap_size_used_bytes', process.memoryUsage().heapUsed, 0.5);
  assert.ok(figure(text, 'process_virtual_memory_bytes') > figure(text, 'process_resident_memory_bytes'));
  assert.ok(figure(text, 'process_open_fds') >= 3);
  assert.ok(figure(text, 'process_max_fds') >= figure(text, 'process_open_fds'));
  assert.ok(figure(text, 'nodejs_heap_space_size_used_bytes{space="old"}') > 0);
  assert.match(text, /^nodejs_version_info\{version="v\d+\.\d+\.\d+",major="\d+",minor="\d+",patch="\d+"\} 1$/m);
  // A turn that holds the loop is seen as lag, and garbage as collections, each by the page behind it.
  // Delays count from the first beat on.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const held: object[] = [];
  const untilMs = performance.now() + 300;
  while (performance.now() < untilMs) held.push({ at: [held.length] });
  const isSeen = () => /^nodejs_gc_duration_seconds_count\{kind="\w+"\} [1-9]/m.test(text);
  let lagMaxS = 0;
  for (let turn = 0; turn < 100 && !(isSeen() && lagMaxS > 0.2); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    text = page(metrics);
    lagMaxS = Math.max(lagMaxS, figure(text, 'nodejs_eventloop_lag_max_seconds'));
  }
  assert.ok(isSeen() && lagMaxS > 0.2, `lag ${lagMaxS}`);
});
