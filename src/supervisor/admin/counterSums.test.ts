import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../kernel/random.ts';
import { CounterSums } from './counterSums.ts';
import { adminLimits } from './limits.ts';

const requests = (count: number) => ({ requests: { '': count } });

test('one process after another, and side by side: all that they counted', () => {
  const sums = new CounterSums();
  const [old, incoming] = [{}, {}];
  sums.take(old, requests(5));
  sums.take(old, requests(9));
  sums.take(incoming, requests(2));
  sums.take(old, requests(10));
  sums.forget(old);
  sums.take(incoming, requests(3));
  assert.equal(sums.one('requests'), 13);
});

test('a process that forgets what it counted takes nothing away', () => {
  const sums = new CounterSums();
  const worker = {};
  sums.take(worker, { originMs: { 'a\nb': 7, 'a\nc': 1 } });
  sums.take(worker, { originMs: { 'a\nc': 2 } });
  sums.take(worker, { originMs: { 'a\nb': 4, 'a\nc': 2 } });
  assert.deepEqual(
    [...sums.of('originMs')],
    [
      ['a\nb', 11],
      ['a\nc', 2],
    ],
  );
});

test('more label values than are kept are added up under one name', () => {
  const sums = new CounterSums();
  const many = Object.fromEntries(
    Array.from({ length: adminLimits.keysPerFamilyMax + 50 }, (_, index) => [`site\norigin-${index}\nanswered`, 1]),
  );
  const worker = {};
  sums.take(worker, { originRequests: many });
  sums.take(worker, { originRequests: many });
  assert.equal(sums.of('originRequests').get('other\nother\nother'), 50);
  assert.equal(sums.of('originRequests').size, adminLimits.keysPerFamilyMax + 1);
});

test('whatever processes come, count and go, a sum never goes down and loses nothing told', () => {
  const random = seededRandom(3);
  const sums = new CounterSums();
  const living = new Map<object, number>();
  let told = 0;
  for (let step = 0; step < 5_000; step++) {
    const before = sums.one('requests');
    if (living.size < 3 && random.next() < 0.1) living.set({}, 0);
    for (const [worker, count] of living) {
      const more = Math.floor(random.next() * 4);
      told += more;
      living.set(worker, count + more);
      sums.take(worker, requests(count + more));
      if (random.next() > 0.02) continue;
      living.delete(worker);
      sums.forget(worker);
    }
    assert.ok(sums.one('requests') >= before);
  }
  assert.equal(sums.one('requests'), told);
});
