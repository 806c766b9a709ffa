import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutated } from '../../test/wire/beginnings.ts';
import {
  chromeBlock,
  chromeOpening,
  field,
  frame,
  headers,
  magic,
  oldFirefoxOpening,
  settings,
} from '../../test/wire/prefaceBytes.ts';
import { seededRandom } from '../kernel/random.ts';
import { http2Fingerprint } from './http2Fingerprint.ts';
import { type PrefaceRefusal, prefaceRefusals, readHttp2Preface } from './http2Preface.ts';

const seed = Number(process.env.SEED ?? 13);
const start = Buffer.concat([magic, settings([2, 0])]);
const samples = [
  chromeOpening(),
  oldFirefoxOpening(),
  Buffer.concat([start, frame(1, 0, 1, chromeBlock.subarray(0, 5)), frame(9, 4, 1, chromeBlock.subarray(5))]),
  Buffer.concat([start, headers(Buffer.concat([field.huffmanNamed('b958d33f', '/'), field.named(':method', 'GET')]))]),
  Buffer.concat([magic, settings(...Array.from({ length: 33 }, (_, at) => [at, at] as const))]),
  Buffer.concat([start, ...new Array<Buffer>(70).fill(frame(6, 0, 0, Buffer.alloc(8)))]),
];

test('any bytes are a preface with a fingerprint, a refusal or a wait for more, however they arrive', () => {
  const random = seededRandom(seed);
  const reasons = new Set<PrefaceRefusal>();
  let done = 0;
  for (let round = 0; round < 50_000; round++) {
    const bytes = mutated(samples, random);
    const read = readHttp2Preface(bytes);
    const says = `seed ${seed}, round ${round}`;
    if (read.kind === 'refused') reasons.add(read.reason);
    const earlier = readHttp2Preface(bytes.slice(0, Math.floor(random.next() * bytes.length)));
    if (earlier.kind !== 'more') assert.deepEqual(earlier, read, says);
    if (read.kind !== 'done') continue;
    done += 1;
    assert.ok(read.bytesUsed < bytes.length, says);
    assert.match(http2Fingerprint(read.preface), /^[\d:;]*\|\d+\|[\d:,]+\|[masp?,]*$/, says);
    assert.notEqual(readHttp2Preface(bytes.slice(0, read.bytesUsed)).kind, 'done', says);
  }
  assert.ok(done > 5_000, String(done));
  assert.deepEqual([...reasons].sort(), Object.keys(prefaceRefusals).sort(), 'every reason is reached');
});
