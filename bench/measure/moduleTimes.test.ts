import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moduleTimesBetween } from './moduleTimes.ts';

const line = (module: string, le: string, count: number, worker = 1) =>
  `holdfast_edge_module_call_seconds_bucket{worker="${worker}",module="${module}",le="${le}"} ${count}\n`;

test('quantiles are upper ends of buckets, over all workers, of the module that is asked for', () => {
  const metrics = `${line('bots', '0.000005', 40)}${line('bots', '0.000006', 60)}${line('bots', '0.00002', 97)}${line('bots', '+Inf', 98)}${line('bots', '0.000005', 0, 2)}${line('bots', '0.000006', 0, 2)}${line('bots', '0.00002', 2, 2)}${line('bots', '+Inf', 2, 2)}${line('rules', '0.000001', 7)}${line('rules', '+Inf', 7)}`;
  assert.deepEqual(moduleTimesBetween('', metrics, 'bots'), { calls: 100, p50Us: 6, p99Us: 20 });
  assert.deepEqual(moduleTimesBetween('', metrics, 'rules'), { calls: 7, p50Us: 1, p99Us: 1 });
  assert.equal(moduleTimesBetween('', '', 'bots').calls, 0);
});

test('what lies before the first page does not count', () => {
  const before = `${line('bots', '0.000005', 10)}${line('bots', '0.00002', 10)}${line('bots', '+Inf', 1_000)}`;
  const after = `${line('bots', '0.000005', 60)}${line('bots', '0.00002', 110)}${line('bots', '+Inf', 1_100)}`;
  assert.deepEqual(moduleTimesBetween(before, after, 'bots'), { calls: 100, p50Us: 5, p99Us: 20 });
});
