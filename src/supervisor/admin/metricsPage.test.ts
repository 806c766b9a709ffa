import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countFamilies, edgeMetrics } from '../../contract/metrics/edgeMetrics.ts';
import { labelJoin } from '../../contract/workerCounts.ts';
import { CounterSums } from './counterSums.ts';
import type { EdgeView, SlotView } from './edgeView.ts';
import { metricsPage } from './metricsPage.ts';

function pageOf(sums = new CounterSums()): string {
  const slot: SlotView = {
    slot: 1,
    starts: 1,
    deaths: { exit: 0, signal: 0, hung: 2 },
    replacements: { asked: 0, memory: 0 },
    sums,
    processes: [],
  };
  const view: EdgeView = { isStopping: false, startedWallMs: 0, slots: [slot], agent: { pid: null, deaths: 0 } };
  return metricsPage(view, { version: '1', node: '26' });
}

test('every row is one block of the page, in the order of the rows, with its type and sentence', () => {
  const blocks = [...pageOf().matchAll(/^# HELP (\S+) (.+)\n# TYPE \S+ (\S+)$/gm)].map(([, ...block]) => block);
  assert.deepEqual(
    blocks,
    edgeMetrics.map(({ name, help, type }) => [name, help, type]),
  );
  assert.equal(new Set(edgeMetrics.map(({ name }) => name)).size, edgeMetrics.length);
  assert.equal(new Set(countFamilies).size, countFamilies.length, 'a family is counted in one metric alone');
});

test('what is counted for any family is seen in its metric, and closed lists are there with 0', () => {
  for (const row of edgeMetrics) {
    if (!('family' in row)) continue;
    const values = row.labels.map((label) => {
      if (!('values' in label)) return 'some';
      return 'keyedByPlace' in label ? '1' : String(label.values[1]);
    });
    const isHistogram = row.type === 'histogram';
    const key = [...values, ...(isHistogram ? ['0'] : [])].join(labelJoin);
    const sums = new CounterSums();
    sums.take({}, { [row.family]: { [key]: 3_000 } });
    const lines = pageOf(sums)
      .split('\n')
      .filter((line) => line.startsWith(`${row.name}${isHistogram ? '_count' : ''}{`));
    const scale = 'scale' in row ? row.scale : 1;
    assert.equal(lines.filter((line) => line.endsWith(` ${3_000 * scale}`)).length, 1, row.name);
    const closed = row.labels.reduce((product, label) => product * ('values' in label ? label.values.length : 1), 1);
    assert.equal(lines.length, closed, row.name);
  }
});

test('a score is shown by where its group begins, not by the number that it is counted under', () => {
  const sums = new CounterSums();
  sums.take({}, { scores: { [`active${labelJoin}0`]: 4, [`shadow${labelJoin}9`]: 5 } });
  const page = pageOf(sums);
  assert.ok(page.includes('holdfast_edge_scores_total{worker="1",model="active",from="1"} 4\n'));
  assert.ok(page.includes('holdfast_edge_scores_total{worker="1",model="shadow",from="90"} 5\n'));
});
