import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readModuleTimes } from './moduleTimes.ts';

const line = (module: string, le: string, count: number, worker = 1) =>
  `holdfast_edge_module_call_seconds_bucket{worker="${worker}",module="${module}",le="${le}"} ${count}\n`;

test('quantiles are upper ends of buckets, over all workers, of the module that is asked for', () => {
  const metrics = `${line('bots', '0.000005', 40)}${line('bots', '0.000006', 60)}${line('bots', '0.00002', 97)}${line('bots', '+Inf', 98)}${line('bots', '0.000005', 0, 2)}${line('bots', '0.000006', 0, 2)}${line('bots', '0.00002', 2, 2)}${line('bots', '+Inf', 2, 2)}${line('rules', '0.000001', 7)}${line('rules', '+Inf', 7)}`;
  assert.deepEqual(readModuleTimes(metrics, 'bots'), { calls: 100, p50Us: 6, p99Us: 20 });
  assert.deepEqual(readModuleTimes(metrics, 'rules'), { calls: 7, p50Us: 1, p99Us: 1 });
  assert.equal(readModuleTimes('', 'bots').calls, 0);
});
