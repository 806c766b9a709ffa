import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FrameReader } from '../../src/factory/log/frameReader.ts';
import { seededRandom } from '../../src/kernel/random.ts';

const frame = (bytes: Uint8Array) => {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(bytes.length);
  return Buffer.concat([head, bytes]);
};

it('frames come out whole however the stream was cut', () => {
  const random = seededRandom(3);
  const sent = Array.from({ length: 200 }, (_, index) => Buffer.alloc(1 + Math.floor(random.next() * 300), index));
  const stream = Buffer.concat(sent.map(frame));
  const reader = new FrameReader(300);
  const received: Buffer[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = at + 1 + Math.floor(random.next() * 700);
    received.push(...(reader.push(stream.subarray(at, end)) ?? assert.fail('refused')));
    at = end;
  }
  assert.deepEqual(received, sent);
});

it('a frame that claims too much, or nothing, ends the stream', () => {
  assert.equal(new FrameReader(10).push(frame(Buffer.alloc(11))), null);
  assert.equal(new FrameReader(10).push(frame(Buffer.alloc(0))), null);
  assert.deepEqual(new FrameReader(10).push(frame(Buffer.alloc(10))), [Buffer.alloc(10)]);
});
