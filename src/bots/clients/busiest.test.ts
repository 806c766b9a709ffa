import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestHead } from '../../http/index.ts';
import { seededRandom } from '../../kernel/random.ts';
import { botLimits } from '../facts/limits.ts';
import { ClientWindows } from './clientWindows.ts';
import { ObservationBatch, observationDoubles, observationWords, word } from './observation.ts';

/*
 * A flood of clients that come once, and clients that keep coming in between: in the small form with as many of either per
 * slot as in the whole one.
 */
const isWhole = process.env.HOLDFAST_TEST_WHOLE === '1';
const scale = isWhole ? 1 : 1 / 16;
const clientsMax = botLimits.clientsMax * scale;
const distinct = 10_000_000 * scale;
const busiest = Math.round(1_000 * scale);
/** Requests of the least busy of them; the first has 125 times as many. */
const requestsMin = 200;
const overMs = 50 * 60_000;
const perBatch = 2_048;

const shape = { method: 'GET', version: '1.1', scheme: 'http', rawHeaders: ['Host', 'shop.example'] } as const;
const address = (number: number) =>
  `10.${Math.floor(number / 65_536) & 255}.${Math.floor(number / 256) & 255}.${number & 255}`;

test(`${distinct} clients that come once: the ${busiest} busiest keep 95 % of their counts, in 128 MiB`, () => {
  const windows = new ClientWindows({ clientsMax });
  const random = seededRandom(11);
  const batch = new ObservationBatch(perBatch);
  const head = (clientAddress: string) => requestHead({ ...shape, target: '/', clientAddress });
  for (let index = 0; index < perBatch; index += 1) batch.putRequest(index, head('10.0.0.0'), 'document', 0);

  const wanted = Array.from({ length: busiest }, (_, rank) => Math.round(requestsMin * (busiest / (rank + 1)) ** 0.7));
  const busyRequests = wanted.reduce((sum, count) => sum + count, 0);
  const cumulated = Float64Array.from(wanted);
  for (let rank = 1; rank < busiest; rank += 1) cumulated[rank] = cumulated[rank - 1]! + wanted[rank]!;
  const drawn = () => {
    const at = random.next() * busyRequests;
    let low = 0;
    for (let high = busiest - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if (cumulated[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return low;
  };

  const total = distinct + busyRequests;
  const came = new Uint32Array(busiest);
  let strangers = 0;
  const rssBefore = process.memoryUsage.rss();
  for (let done = 0; done < total; ) {
    const count = Math.min(perBatch, total - done);
    const nowMs = (done / total) * overMs;
    for (let index = 0; index < count; index += 1, done += 1) {
      const isBusy = random.next() * total < busyRequests;
      const rank = isBusy ? drawn() : -1;
      if (isBusy) came[rank] = came[rank]! + 1;
      // 10.0.0.0/8 holds the strangers, who come once each, and 11.0.0.0/8 the others.
      batch.words[index * observationWords + word.low] = isBusy ? 0x0b000000 + rank : 0x0a000000 + strangers++;
      batch.doubles[index * observationDoubles] = nowMs;
    }
    assert.equal(windows.countAll(batch, count, nowMs), count);
  }
  assert.ok(strangers > distinct * 0.99);
  assert.equal(windows.size, clientsMax);
  const takenBytes = process.memoryUsage.rss() - rssBefore;
  assert.ok(takenBytes <= 128 * 2 ** 20 * Math.max(scale, 1 / 8), `${(takenBytes / 2 ** 20).toFixed(0)} MiB`);

  let keeping = 0;
  for (let rank = 0; rank < busiest; rank += 1) {
    const window = windows.observe(head(address(rank).replace('10.', '11.')), overMs);
    const kept = Math.min(window.requests1h, window.clientRequests1h) - 1;
    assert.ok(kept <= came[rank]!);
    if (kept >= 0.95 * came[rank]!) keeping += 1;
  }
  assert.equal(keeping, busiest);
});
