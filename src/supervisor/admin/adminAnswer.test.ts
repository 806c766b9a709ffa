import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownErrors, rejections } from '../../contract/reasons/answerReasons.ts';
import { moduleNames } from '../../modules/all.ts';
import { adminAnswer } from './adminAnswer.ts';
import { CounterSums } from './counterSums.ts';
import type { EdgeView, ProcessView, SlotView } from './edgeView.ts';

const serving: ProcessView = {
  pid: 5,
  role: 'active',
  livedMs: 1,
  versions: { sites: 1 },
  serves: true,
  gauges: undefined,
};

function slotOf(processes: readonly ProcessView[], sums = new CounterSums()): SlotView {
  return {
    slot: 1,
    starts: 1,
    deaths: { exit: 0, signal: 0, hung: 0 },
    replacements: { asked: 0, memory: 0 },
    sums,
    processes,
  };
}

function ask(path: string, view: Partial<EdgeView>) {
  const all = { isStopping: false, startedWallMs: 1_000, slots: [], agent: { pid: 3, deaths: 0 }, ...view };
  return adminAnswer(path, { view: () => all, build: { version: '1.2.3', node: '26.0.0' }, options: { data: '/d' } });
}

test('ready is who serves what the edge was started for, and does not end', () => {
  const ready = (processes: readonly ProcessView[], isStopping = false) => {
    const { status, text } = ask('/readyz', { slots: [slotOf(processes)], isStopping });
    return [status, text.trim()];
  };
  assert.deepEqual(ready([serving]), [200, 'ready']);
  assert.deepEqual(ready([{ ...serving, serves: false }, serving]), [200, 'ready'], 'one is enough');
  assert.deepEqual(ready([]), [503, 'no worker lives']);
  assert.deepEqual(ready([{ ...serving, role: 'draining' }]), [503, 'no worker lives']);
  assert.deepEqual(ready([{ ...serving, versions: undefined, serves: false }]), [503, 'no worker is ready yet']);
  assert.deepEqual(ready([{ ...serving, versions: {}, serves: false }]), [503, 'no worker has sites']);
  assert.deepEqual(ready([serving], true), [503, 'draining: the edge ends']);
});

test('an edge that cannot serve lives all the same, and a query is no other path', () => {
  assert.equal(ask('/healthz', { isStopping: true }).status, 200);
  assert.equal(ask('/healthz?verbose', {}).status, 200);
  for (const path of ['', '/', '/healthz/', '/Metrics', '//metrics', '*', 'http://x/metrics']) {
    assert.equal(ask(path, {}).status, 404, path);
  }
});

test('every reason is a label before it ever happened, and counts where it did', () => {
  const sums = new CounterSums();
  sums.take({}, { rejected: { 'head-timeout': 4, 'newer-word': 1 } });
  const { text } = ask('/metrics', { slots: [slotOf([serving], sums)] });
  for (const reason of Object.keys(rejections)) {
    const count = reason === 'head-timeout' ? 4 : 0;
    assert.ok(text.includes(`\nholdfast_edge_rejections_total{worker="1",reason="${reason}"} ${count}\n`), reason);
  }
  for (const [reason, { isWished }] of Object.entries(ownErrors)) {
    if (isWished === true) continue;
    assert.ok(text.includes(`\nholdfast_edge_own_errors_total{worker="1",reason="${reason}"} 0\n`), reason);
  }
  assert.ok(text.includes('reason="newer-word"} 1\n'), 'a worker of another release may know more');
});

test('the modules that are shown are the modules', () => {
  const { text } = ask('/metrics', { slots: [slotOf([serving])] });
  const shown = [...text.matchAll(/^holdfast_edge_module_failures_total\{worker="1",module="(\w+)"\} 0$/gm)];
  assert.deepEqual(
    shown.map(([, name]) => name),
    [...moduleNames],
  );
});

test('gauges are of the living: memory adds up, the state is that of the one who serves', () => {
  const connections = { open: 5, idle: 2, inRequest: 2, tunnels: 1, upstream: 4 };
  const gauges = { rssBytes: 100, heapBytes: 10, loopDelayMs: 5, overload: 'shed-connections', connections };
  const drained = {
    ...serving,
    pid: 6,
    role: 'draining',
    gauges: { ...gauges, loopDelayMs: 9, overload: 'calm' },
  } as const;
  const slots = [slotOf([{ ...serving, gauges }, drained])];
  const { text } = ask('/metrics', { slots });
  for (const line of [
    'worker_rss_bytes{worker="1"} 200',
    'event_loop_delay_seconds{worker="1"} 0.009',
    'connections{worker="1",state="tunnel"} 2',
    'overload{worker="1",state="shed-connections"} 1',
    'overload{worker="1",state="calm"} 0',
    'version_info{worker="1",kind="sites",version="1"} 1',
  ]) {
    assert.ok(text.includes(`\nholdfast_edge_${line}\n`), line);
  }
  const { total, workers } = JSON.parse(ask('/connections', { slots }).text);
  assert.deepEqual(total, { open: 10, idle: 4, inRequest: 4, tunnels: 2, upstream: 8 });
  assert.equal(workers[1].role, 'draining');
});
