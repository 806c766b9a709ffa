import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, type SoakRecord } from './judge.ts';
import type { SoakSample } from './samples.ts';

const mib = 1 << 20;
const durationMs = 60 * 60_000;
const descriptors = { supervisor: ['socket'], agent: ['socket', 'pipe'], workers: ['socket', 'socket', '/a/file'] };

/** An hour in which the workers hold `workersMiB(share of the time)`. */
function recordOf(workersMiB: (share: number) => number, changes: Partial<SoakRecord> = {}): SoakRecord {
  const samples = Array.from({ length: 720 }, (_, index): SoakSample => {
    const share = index / 719;
    return {
      atMs: share * durationMs,
      rssBytes: { supervisor: 90 * mib, agent: 110 * mib, workers: workersMiB(share) * mib },
      heapBytes: 50 * mib,
      descriptors: { supervisor: 30, agent: 20, workers: 60 },
      requests: index * 1_000,
    };
  });
  const quiet = { visits: 900_000, failures: 0, leftOut: 0, ownFaults: { 'worker deaths': 0 } };
  return { durationMs, samples, restAfterWarmUp: descriptors, restAtEnd: descriptors, ...quiet, ...changes };
}

/** Between 0 and 1, up and down 200 times an hour. */
const sawTooth = (share: number) => (share * 200) % 1;
const faultsOf = (record: SoakRecord) => judge(record, 0.05).faults;

test('it holds: flat memory, also with saw-teeth of a fifth, after a warm-up that climbs, and with memory given back', () => {
  assert.deepEqual(faultsOf(recordOf(() => 250)), []);
  assert.deepEqual(faultsOf(recordOf((share) => 230 + 50 * sawTooth(share))), []);
  assert.deepEqual(
    faultsOf(recordOf((share) => (share < 0.14 ? 100 + 1_000 * share : 250 + 20 * sawTooth(share)))),
    [],
  );
  assert.deepEqual(faultsOf(recordOf((share) => 300 - 100 * share)), []);
  // One moment, such as a swap, is not a leak.
  assert.deepEqual(faultsOf(recordOf((share) => (Math.abs(share - 0.95) < 0.01 ? 500 : 250))), []);
});

test('it does not hold: a leak of a tenth in the hour, steady, in steps, or hidden in saw-teeth', () => {
  for (const leak of [
    (share: number) => 250 + 25 * share,
    (share: number) => 250 + 5 * Math.floor(share * 5),
    (share: number) => 230 + 50 * sawTooth(share) + 30 * share,
  ]) {
    const faults = faultsOf(recordOf(leak));
    assert.equal(faults.length, 1, String(leak));
    assert.match(faults[0]!, /^memory of workers grew from [\d.]+ to [\d.]+ MiB: [\d.]+ %, more than 5\.0 %$/);
  }
});

test('it does not hold: a descriptor more at rest, and it is said which', () => {
  const restAtEnd = { ...descriptors, workers: [...descriptors.workers, 'socket', '/dev/null'] };
  assert.deepEqual(faultsOf(recordOf(() => 250, { restAtEnd })), [
    'descriptors of workers at rest: 3 after the warm-up, 5 at the end (socket 2 → 3, /dev/null 0 → 1)',
  ]);
  const fewer = { ...descriptors, workers: ['socket'] };
  assert.deepEqual(faultsOf(recordOf(() => 250, { restAtEnd: fewer })), []);
});

test('it does not hold: a visit that failed, a worker that died, too many visits left out, no samples', () => {
  const flat = () => 250;
  assert.deepEqual(faultsOf(recordOf(flat, { failures: 1 })), ['1 of 900000 visits went as they should not']);
  assert.deepEqual(faultsOf(recordOf(flat, { ownFaults: { 'worker deaths': 1 } })), ['worker deaths: 1']);
  assert.deepEqual(faultsOf(recordOf(flat, { leftOut: 100 })), []);
  assert.match(faultsOf(recordOf(flat, { leftOut: 10_000 })).join(), /left out/);
  assert.equal(faultsOf(recordOf(flat, { samples: [] })).length, 3);
});
