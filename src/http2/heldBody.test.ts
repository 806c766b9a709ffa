import assert from 'node:assert/strict';
import { it } from 'node:test';
import { talk } from '../../test/http2/talk.ts';
import { data, type Field, headers, preface } from '../../test/smuggling/rawHttp2.ts';
import { HeldBody } from './heldBody.ts';
import { http2Limits } from './limits.ts';

const post: readonly Field[] = [
  [':method', 'POST'],
  [':scheme', 'https'],
  [':path', '/'],
  [':authority', 'shop.example'],
];
/** Says at each place where it is, so that nothing can be lost or change places. */
const positions = (length: number) => Buffer.from(Uint32Array.from({ length: length / 4 }, (_, index) => index).buffer);

it('pieces of any size come out in their order, octet by octet, whenever they are taken', () => {
  const sent = positions(400_000);
  const held = new HeldBody();
  const got: Buffer[] = [];
  let at = 0;
  for (let step = 0; at < sent.length; step++) {
    const to = Math.min(sent.length, at + [1, 3, 1_000, 1, 16_384, 0, 7][step % 7]!);
    const lent = Buffer.from(sent.subarray(at, to));
    held.add(lent, 0, lent.length);
    lent.fill(0xbb);
    at = to;
    if (step % 5 === 0) got.push(...[held.take()].filter((piece) => piece !== undefined));
  }
  for (let piece = held.take(); piece !== undefined; piece = held.take()) got.push(piece);
  assert.ok(Buffer.concat(got).equals(sent));
  assert.ok(held.isEmpty);
});

it('what is thrown away is told to the octet', () => {
  const held = new HeldBody();
  for (let index = 0; index < 10_000; index++) held.add(Buffer.from('abc'), 1, 3);
  assert.equal(held.drop(), 20_000);
  assert.ok(held.isEmpty);
});

it('a body in frames of one octet that nobody takes yet is kept in few pieces', () => {
  const talked = talk([preface, headers(1, post)], { isTaken: false, isAnswered: false });
  const frames = Buffer.concat(Array.from({ length: 1_024 }, () => data(1, 'x')));
  for (let read = 0; read < http2Limits.streamWindowBytes / 1_024; read++) talked.send(frames);
  const stream = talked.streams.get(1)!;
  const sizes: number[] = [];
  stream.handleWith({
    onBytes: (bytes) => sizes.push(bytes.length),
    onLull: () => {},
    onEnd: () => {},
    onRoom: () => {},
    onOver: () => {},
  });
  stream.flow();
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    http2Limits.streamWindowBytes,
  );
  assert.ok(sizes.length < 40, `${sizes.length} pieces`);
});
