import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Talk, talk } from '../../test/http2/talk.ts';
import {
  data,
  type Field,
  type Frame,
  flag,
  frame,
  frameType,
  headers,
  preface,
  quad,
  requestFields,
  reset,
  widen,
} from '../../test/smuggling/rawHttp2.ts';
import { errorCode } from './frames.ts';
import { http2Limits } from './limits.ts';

/* Bodies, windows and turns: what a session sends, and when. */

const whole = flag.endHeaders | flag.endStream;
const get = requestFields('GET', '/');
const post = requestFields('POST', '/');
const setting = (key: number, value: number) =>
  frame(frameType.settings, 0, 0, Buffer.concat([Buffer.from([0, key]), quad(value)]));
/** Says at each place where it is. */
const positions = (length: number) => Buffer.from(Uint32Array.from({ length: length / 4 }, (_, index) => index).buffer);
const dataOf = ({ frames }: Talk, stream: number) =>
  Buffer.concat(
    frames.filter((one) => one.type === frameType.data && one.stream === stream).map(({ payload }) => payload),
  );
const ends = ({ flags }: Frame) => (flags & flag.endStream) !== 0;
const typesOf = ({ frames }: Talk) => frames.map(({ type, stream }) => [type, stream]);
const start = Buffer.concat([preface]);

it('an answer is a head and its body, and the last of its frames says that it is the last', () => {
  const talked = talk([start, headers(1, get, whole)]);
  talked.frames.shift(); // the acknowledgement of SETTINGS
  assert.deepEqual(typesOf(talked), [
    [frameType.headers, 1],
    [frameType.data, 1],
  ]);
  assert.deepEqual(talked.frames.map(ends), [false, true]);
  assert.deepEqual(talked.told, ['request 1 GET /', 'over 1 whole']);
});

it('an answer without a body ends with its head, and one that ends later with an empty frame', () => {
  const talked = talk([start, headers(1, get, whole), headers(3, get, whole)], { isAnswered: false });
  talked.frames.length = 0;
  talked.streams.get(1)!.answer(304, [], []);
  talked.streams.get(1)!.end();
  talked.streams.get(3)!.answer(200, [], []);
  talked.flush();
  talked.streams.get(3)!.end();
  talked.flush();
  assert.deepEqual(typesOf(talked), [
    [frameType.headers, 1],
    [frameType.headers, 3],
    [frameType.data, 3],
  ]);
  assert.deepEqual(talked.frames.map(ends), [true, false, true]);
});

it('a body waits for its window, to the octet, and every octet arrives where it was', () => {
  const body = positions(300_000);
  const talked = talk([start, setting(4, 10), headers(1, get, whole)], { body });
  assert.equal(dataOf(talked, 1).length, 10);
  talked.send(widen(1, 1));
  assert.equal(dataOf(talked, 1).length, 11);
  talked.send(widen(1, 1_000_000));
  assert.equal(dataOf(talked, 1).length, 65_535);
  talked.send(widen(0, 1_000_000));
  assert.deepEqual(dataOf(talked, 1), body);
  assert.ok(talked.frames.every(({ payload }) => payload.length <= 16_384));
  assert.deepEqual(talked.told.slice(-1), ['over 1 whole']);
});

it('a setting narrows a window below nothing, and widens it again', () => {
  const body = positions(40_000);
  const talked = talk([start, setting(4, 20_000), headers(1, get, whole)], { body });
  talked.send(setting(4, 10_000), widen(1, 9_999));
  assert.equal(dataOf(talked, 1).length, 20_000);
  talked.send(widen(1, 2));
  assert.equal(dataOf(talked, 1).length, 20_001);
  talked.send(setting(4, 100_000));
  assert.deepEqual(dataOf(talked, 1), body);
});

it('streams that wait take turns, a frame each', () => {
  const talked = talk([start, setting(4, 0), headers(1, get, whole), headers(3, get, whole)], {
    body: positions(60_000),
  });
  talked.frames.length = 0;
  talked.send(Buffer.concat([widen(0, 1_000_000), widen(1, 100_000), widen(3, 100_000)]));
  const order = talked.frames.filter(({ payload }) => payload.length > 0).map(({ stream }) => stream);
  assert.ok(order.length >= 8);
  assert.deepEqual(
    order,
    order.map((_, index) => (index % 2 === 0 ? 1 : 3)),
  );
});

it('where the connection has no window left, heads and answers without a body still go', () => {
  const talked = talk([start, headers(1, get, whole)], { body: positions(100_000) });
  assert.equal(dataOf(talked, 1).length, 65_535);
  talked.send(headers(3, get, whole));
  assert.deepEqual(typesOf(talked).at(-1), [frameType.headers, 3]);
  talked.send(headers(5, get, whole));
  talked.send(widen(0, 1_000_000));
  for (const stream of [1, 3, 5]) talked.send(widen(stream, 1_000_000));
  for (const stream of [1, 3, 5]) assert.equal(dataOf(talked, stream).length, 100_000);
});

it('a head larger than a frame goes on in CONTINUATION', () => {
  const talked = talk([start, headers(1, get, whole)], { isAnswered: false });
  const stream = talked.streams.get(1)!;
  talked.frames.length = 0;
  const raw = Array.from({ length: 60 }, (_, index) => [`x-${index}`, 'y'.repeat(1_000)]).flat();
  stream.answer(200, raw, new Array(60).fill(0));
  stream.end();
  talked.flush();
  const { headers: head, continuation } = frameType;
  assert.deepEqual(typesOf(talked), [
    [head, 1],
    [continuation, 1],
    [continuation, 1],
    [continuation, 1],
  ]);
  assert.deepEqual(
    talked.frames.map(({ flags }) => flags),
    [flag.endStream, 0, 0, flag.endHeaders],
  );
  const block = Buffer.concat(talked.frames.map(({ payload }) => payload));
  for (const name of ['x-0', 'x-16', 'x-59']) assert.ok(block.includes(name), name);
  assert.equal(block.toString('latin1').split('y'.repeat(1_000)).length, 61);
});

it('what a body sends is given back to its window when half of that was taken, and not before', () => {
  const half = http2Limits.streamWindowBytes / 2;
  const pieces = Array.from({ length: half / 16_384 }, () => data(1, 'a'.repeat(16_384)));
  const widened = ({ frames }: Talk) => frames.filter(({ type }) => type === frameType.windowUpdate);
  const untaken = talk([start, headers(1, post), ...pieces], { isTaken: false });
  assert.equal(widened(untaken).length, 0);
  untaken.streams.get(1)!.flow();
  untaken.flush();
  assert.deepEqual(
    widened(untaken).map(({ stream, payload }) => [stream, payload.readUInt32BE(0)]),
    [[1, half]],
  );
});

it('a body above its window, or above the window of all, ends the stream or the connection', () => {
  const piece = (stream: number) => data(stream, 'a'.repeat(16_384));
  const one = talk([start, headers(1, post), ...new Array(17).fill(piece(1))], { isTaken: false });
  assert.deepEqual(one.frames.at(-1)!.payload, quad(errorCode.flowControl));
  assert.equal(one.frames.at(-1)!.type, frameType.reset);
  const streams = Array.from({ length: 9 }, (_, index) => index * 2 + 1);
  const all = streams.flatMap((stream) => [headers(stream, post), ...new Array(16).fill(piece(stream))]);
  const many = talk([start, ...all], { isTaken: false });
  assert.equal(many.frames.at(-1)!.type, frameType.goAway);
  assert.equal(many.frames.at(-1)!.payload.readUInt32BE(4), errorCode.flowControl);
});

it('padding, bodies that were cut off and bodies that nobody wants are given back to the window of all', () => {
  const wide = 40 << 20;
  const padded = frame(frameType.data, flag.padded, 1, Buffer.concat([Buffer.from([255]), Buffer.alloc(16_000)]));
  const talked = talk([start, headers(1, post)], { isAnswered: false });
  for (let sent = 0; sent < wide; sent += 16_001) talked.send(padded);
  talked.streams.get(1)!.pause();
  for (let sent = 0; sent < 200_000; sent += 16_001) talked.send(padded);
  talked.send(reset(1));
  for (let stream = 3; stream < 200; stream += 2) {
    talked.send(headers(stream, post));
    talked.streams.get(stream)!.pause();
    for (let sent = 0; sent < 200_000; sent += 16_001) {
      talked.send(frame(frameType.data, flag.padded, stream, padded.subarray(9)));
    }
    talked.streams.get(stream)!.discard();
    talked.send(reset(stream));
  }
  assert.deepEqual(
    talked.frames.filter(({ type }) => type === frameType.goAway),
    [],
  );
  assert.equal(talked.told.filter((line) => line.startsWith('broken')).length, 0);
});

it('an answer that does not wait for its request stops a long one without a fault, and lets a short one end', () => {
  const answered = () => {
    const talked = talk([start, headers(1, post)], { isAnswered: false, isTaken: false });
    const stream = talked.streams.get(1)!;
    stream.answer(413, [], []);
    stream.discard();
    stream.end();
    talked.flush();
    return talked;
  };
  const short = answered();
  short.send(data(1, 'abc', flag.endStream));
  assert.deepEqual(short.told.slice(-1), ['over 1 whole']);
  const long = answered();
  for (let index = 0; index < 8; index++) long.send(data(1, 'a'.repeat(16_384)));
  assert.deepEqual([long.frames.at(-1)!.type, long.frames.at(-1)!.payload], [frameType.reset, quad(errorCode.none)]);
  // More of it is under way still.
  long.send(data(1, 'a'), data(1, 'a', flag.endStream), headers(3, get, whole));
  assert.deepEqual(long.told.slice(-1), ['request 3 GET /']);
});

it('an empty body is an end whenever it is asked for', () => {
  const talked = talk([start, headers(1, post), data(1, '', flag.endStream)], { isTaken: false });
  talked.streams.get(1)!.flow();
  talked.flush();
  assert.deepEqual(talked.told, ['request 1 POST /', 'end 1 ', 'over 1 whole']);
});

it('streams that were opened and reset in one read are never seen', () => {
  const both = Array.from({ length: 100 }, (_, index) => [headers(index * 2 + 1, get, whole), reset(index * 2 + 1)]);
  const talked = talk([start, Buffer.concat(both.flat()), headers(201, get, whole)]);
  assert.deepEqual(talked.told, ['request 201 GET /', 'over 201 whole']);
});

it('resets are taken as often as a page can need them, and again after a while', () => {
  let nowMs = 0;
  let stream = -1;
  const one = () => {
    stream += 2;
    return Buffer.concat([headers(stream, get, whole), reset(stream)]);
  };
  const talked = talk([start], { nowMs: () => nowMs });
  for (let index = 0; index < 400; index++) talked.send(one());
  nowMs += 10_000;
  for (let index = 0; index < 200; index++) talked.send(one());
  assert.deepEqual(talked.told, []);
  talked.send(one());
  assert.match(talked.told[0]!, /^broken 11 /);
});

it('a visitor that asks and does not read is let go', () => {
  const ping = frame(frameType.ping, 0, 0, Buffer.alloc(8));
  const talked = talk([start, ...new Array(1_000).fill(ping)], { isDeaf: true });
  assert.match(talked.told[0]!, /^broken 11 /);
  const reader = talk([start, ...new Array(5_000).fill(ping)]);
  assert.deepEqual(reader.told, []);
});

it('fields that name more than is taken are a request that wants an answer', () => {
  const talked = talk([
    start,
    headers(1, [...get, ...new Array<Field>(120).fill(['x', 'y'])], whole),
    headers(3, get, whole),
  ]);
  assert.deepEqual(talked.told, ['request 1 too large', 'over 1 whole', 'request 3 GET /', 'over 3 whole']);
});

it('leaving: requests under way are taken, later ones are as if they had never come', () => {
  const talked = talk([start, headers(1, post)]);
  talked.frames.length = 0;
  talked.session.askToLeave();
  talked.flush();
  assert.deepEqual(talked.frames[0]!.payload, Buffer.concat([quad(0x7fffffff), quad(0)]));
  assert.equal(talked.frames[1]!.type, frameType.ping);
  talked.send(headers(3, get, whole), frame(frameType.ping, flag.acknowledge, 0, Buffer.alloc(8)));
  assert.deepEqual(talked.told.slice(-1), ['pong']);
  talked.frames.length = 0;
  talked.session.refuseMore();
  talked.send(headers(5, post), data(5, 'abc'), reset(5), widen(5, 1), data(1, 'x', flag.endStream));
  assert.deepEqual(talked.frames[0]!.payload, Buffer.concat([quad(3), quad(0)]));
  assert.deepEqual(talked.told.slice(-2), ['end 1 x', 'over 1 whole']);
  assert.equal(talked.session.openStreams, 0);
});

it('how a visitor opens the connection is kept, up to its first request', () => {
  const priority = frame(frameType.priority, 0, 3, Buffer.from([0x80, 0, 0, 5, 200]));
  const first = Buffer.concat([
    preface.subarray(0, 24),
    frame(frameType.settings, 0, 0, Buffer.from([0, 1, 0, 0, 16, 0, 0, 4, 0, 1, 0, 0])),
  ]);
  const talked = talk([
    first,
    setting(3, 9),
    widen(0, 77),
    widen(0, 5),
    priority,
    headers(1, get, whole),
    widen(0, 6),
    priority,
  ]);
  const { settings, windowIncrement, priorities, pseudoHeaders } = talked.session.opening;
  assert.deepEqual(settings, [
    [1, 4_096],
    [4, 65_536],
  ]);
  assert.equal(windowIncrement, 77);
  assert.deepEqual(priorities, [{ stream: 3, isExclusive: true, dependsOn: 5, weight: 201 }]);
  assert.deepEqual(pseudoHeaders, ['m', 's', 'p', 'a']);
});

it('a connection that is gone ends its streams', () => {
  const talked = talk([start, headers(1, post), data(1, 'abc')]);
  talked.session.close();
  assert.deepEqual(talked.told, ['request 1 POST /', 'over 1 broken']);
});

it('what waits is kept as it was lent: pieces of an answer without a window, and a body that nobody takes yet', () => {
  const talked = talk([start, setting(4, 0), headers(1, post), data(1, 'abc'), data(1, 'def', flag.endStream)], {
    isTaken: false,
    isAnswered: false,
  });
  const stream = talked.streams.get(1)!;
  stream.answer(200, [], []);
  for (const text of ['one ', 'two ', 'three']) {
    const lent = Buffer.from(text);
    assert.ok(stream.write(lent));
    lent.fill(0xcc);
  }
  stream.end();
  stream.flow();
  talked.send(widen(1, 100));
  assert.equal(dataOf(talked, 1).toString(), 'one two three');
  assert.deepEqual(talked.told, ['request 1 POST /', 'end 1 abcdef', 'over 1 whole']);
});

it('small pieces that wait are taken up to a bound, then the writer waits for room', () => {
  const talked = talk([start, setting(4, 0), headers(1, get, whole)], { isAnswered: false });
  const stream = talked.streams.get(1)!;
  stream.answer(200, [], []);
  let pieces = 0;
  while (stream.write(Buffer.alloc(1_000))) pieces += 1;
  assert.equal(pieces, Math.floor(http2Limits.copiedBytesMax / 1_000));
});

it('an origin that sends octet by octet to a visitor that takes nothing: what waits is no larger than what it says', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const held = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const streams = Array.from({ length: http2Limits.streamsMax }, (_, index) => index * 2 + 1);
  const talked = talk([start, setting(4, 3), widen(0, 100_000_000), ...streams.map((id) => headers(id, get, whole))], {
    isAnswered: false,
  });
  const bodies = positions(http2Limits.copiedBytesMax + 4 * streams.length);
  /** Begins elsewhere for each stream. Three octets of it go at once. */
  const bodyOf = (id: number) => bodies.subarray(id * 2, id * 2 + http2Limits.copiedBytesMax);
  const before = held();
  for (const id of streams) {
    const stream = talked.streams.get(id)!;
    stream.answer(200, [], []);
    for (const octet of bodyOf(id)) assert.ok(stream.write(Buffer.of(octet)));
    talked.flush();
  }
  const grownBytes = held() - before;
  assert.ok(grownBytes < 6 << 20, `${grownBytes} bytes are held for 2 MiB`);
  talked.frames.length = 0;
  for (const id of streams) talked.send(widen(id, 70_000));
  for (const id of streams) {
    assert.ok(dataOf(talked, id).equals(bodyOf(id).subarray(3)), `stream ${id}`);
    assert.equal(talked.frames.filter(({ type, stream }) => type === frameType.data && stream === id).length, 1);
  }
});

it('DATA frames that bring no data are counted, padded ones too, and those with data or an end are not', () => {
  const padded = (payload: string, flags = 0) =>
    frame(frameType.data, flag.padded | flags, 1, Buffer.concat([Buffer.of(9), Buffer.from(payload), Buffer.alloc(9)]));
  const most = http2Limits.emptyFramesBurst;
  for (const cut of [undefined, (piece: Buffer) => Array.from(piece, (octet) => Buffer.of(octet))]) {
    const talked = talk([start, headers(1, post)], { isAnswered: false, ...(cut && { cut }) });
    talked.send(...new Array(most + 10).fill(padded('a')));
    for (let sent = 0; sent < most; sent++) talked.send(sent % 2 === 0 ? padded('') : data(1, ''));
    assert.deepEqual(talked.told, ['request 1 POST /']);
    talked.send(padded('', flag.endStream));
    assert.match(talked.told.at(-1)!, /^end 1 a+$/);
  }
  const flood = talk([start, headers(1, post), ...new Array(most + 1).fill(padded(''))], { isAnswered: false });
  assert.match(flood.told.at(-1)!, /^broken 11 /);
});
