import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyReader, untilClosed } from './bodyReader.ts';

function read(reader: BodyReader, text: string, start = 0): { next: number; octets: string } {
  const bytes = Buffer.from(text);
  let octets = '';
  const next = reader.read(bytes, start, bytes.length, { onBytes: (some) => (octets += some.toString()) });
  return { next, octets };
}

test('a body of a known length ends with it', () => {
  const reader = new BodyReader(5);
  assert.deepEqual(read(reader, 'HEADab', 4), { next: 6, octets: 'ab' });
  assert.deepEqual([reader.isDone, reader.left, reader.endsWithConnection], [false, 3, false]);
  assert.deepEqual(read(reader, 'cdeNEXT'), { next: 3, octets: 'cde' });
  assert.deepEqual([reader.isDone, reader.left, reader.endsWithConnection], [true, 0, true]);
  assert.deepEqual(read(reader, 'NEXT'), { next: 0, octets: '' });
});

test('no body is done at once', () => {
  assert.equal(new BodyReader(0).isDone, true);
});

test('a body until the end of its connection ends with that', () => {
  const reader = new BodyReader(untilClosed);
  assert.deepEqual(read(reader, 'abc'), { next: 3, octets: 'abc' });
  assert.deepEqual([reader.isDone, reader.endsWithConnection], [false, true]);
});

test('a chunked body tells its end and its fault', () => {
  const reader = new BodyReader(-1);
  assert.deepEqual(read(reader, 'HEAD3\r\nab', 4), { next: 9, octets: 'ab' });
  assert.deepEqual([reader.isDone, reader.left, reader.endsWithConnection], [false, undefined, false]);
  assert.deepEqual(read(reader, 'c\r\n0\r\n\r\nNEXT'), { next: 8, octets: 'c' });
  assert.deepEqual([reader.isDone, reader.endsWithConnection], [true, true]);
  const broken = new BodyReader(-1);
  assert.equal(read(broken, 'x').next, -1);
  assert.equal(broken.fault, 'chunk-size-invalid');
});
