import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHoweverSplit } from '../../test/wire/beginnings.ts';
import { field } from '../../test/wire/prefaceBytes.ts';
import { readPseudoHeaders } from './pseudoHeaders.ts';

/** The order in a whole block, or what is wrong with it. */
function order(...fields: readonly Uint8Array[]): string {
  const block = Buffer.concat(fields);
  const whole = readPseudoHeaders(block, true);
  const beginning = readHoweverSplit((bytes) => readPseudoHeaders(bytes, false), block);
  if (beginning.kind !== 'more') assert.deepEqual(beginning, whole);
  return whole.kind === 'done' ? whole.order.join('') : whole.kind;
}

const end = field.indexed(16);

test('names by index, in every form a field can have', () => {
  assert.equal(order(...[1, 2, 3, 4, 5, 6, 7].map(field.indexed)), 'ammppss');
  assert.equal(order(field.added(2, 'PUT'), field.literal(4, '/x'), field.literal(0x11, 'a')), 'mpa');
  assert.equal(order(field.indexed(8), field.literal(14, '500')), '??', ':status belongs into answers');
  for (const regular of [field.indexed(15), field.indexed(61), field.added(58, 'x'), field.literal(0x1f, '')]) {
    assert.equal(order(field.indexed(2), regular, field.indexed(4)), 'm', 'the first regular field ends it');
  }
  assert.equal(order(), '');
});

test('names spelled out, plain and in Huffman’s form', () => {
  for (const [name, letter] of [
    [':method', 'm'],
    [':authority', 'a'],
    [':scheme', 's'],
    [':path', 'p'],
    [':protocol', '?'],
    [':metho', '?'],
    [':', '?'],
  ] as const) {
    for (const form of [0x40, 0x00, 0x10]) assert.equal(order(field.named(name, 'x', form), end), letter, name);
  }
  // As nghttp2 codes these words.
  for (const [hex, letter] of [
    ['b9495339e4', 'm'],
    ['b83b5339ec327d7f', 'a'],
    ['b8824e5a4b', 's'],
    ['b958d33f', 'p'],
    ['b95d8749c87a3f', '?'],
    ['b9', '?'],
  ] as const) {
    assert.equal(order(field.huffmanNamed(hex, 'x'), end), letter, hex);
  }
  assert.equal(order(field.indexed(2), field.named('user-agent', 'x'), field.indexed(4)), 'm');
  assert.equal(
    order(field.indexed(2), field.huffmanNamed('25a849e95ba97d7f', 'x'), field.indexed(4)),
    'm',
    'custom-key',
  );
});

test('entries of the dynamic table are not told, those that cannot exist are malformed', () => {
  assert.equal(order(field.added(2, 'PUT'), field.indexed(62), end), 'm?');
  assert.equal(order(field.added(2, 'PUT'), field.indexed(63)), 'malformed');
  assert.equal(order(field.literal(2, 'PUT'), field.indexed(62)), 'malformed');
  assert.equal(order(field.indexed(62)), 'malformed');
});

test('table sizes only at the beginning', () => {
  const sizes = [Buffer.from([0x20]), Buffer.from([0x3f, 0xe1, 0x1f])];
  assert.equal(order(...sizes, field.indexed(2), end), 'm');
  assert.equal(order(field.indexed(2), sizes[0]!), 'malformed');
  assert.equal(order(...sizes, sizes[0]!, field.indexed(2)), 'malformed', 'a third');
});

test('numbers and strings that run out or away', () => {
  assert.equal(order(Buffer.from([0x80])), 'malformed', 'index 0');
  assert.equal(order(Buffer.from([0x80, 1, 97, 1, 97])), 'malformed', 'index 0 is no name spelled out');
  const runsAway = Buffer.from([0x44, 0x7f, 255, 255, 255, 255, 0]);
  assert.equal(readPseudoHeaders(runsAway, false).kind, 'malformed', 'more would not mend it');
  assert.equal(order(Buffer.from([0x40, 0x00, 0x00])), 'malformed', 'an empty name');
  assert.equal(order(Buffer.from([0x44])), 'malformed', 'no value');
  assert.equal(order(Buffer.from([0x44, 5, 97])), 'malformed', 'a short value');
  assert.equal(order(Buffer.from([0x40, 5, 97])), 'malformed', 'a short name');
  assert.equal(order(Buffer.from([0x44, 0x7f])), 'malformed', 'half a length');
  assert.equal(order(Buffer.from([0x44, 0x7f, 255, 255, 255, 255, 0])), 'malformed', 'a length beyond 2^28');
  assert.equal(order(Buffer.from([0xff, 255, 255, 255, 127])), 'malformed', 'an index beyond the tables');
  const long = Buffer.concat([Buffer.from([0x44, 0x7f, 0x01]), Buffer.alloc(128, 97)]);
  assert.equal(order(long, end), 'p', 'a length of two bytes');
  const longName = Buffer.concat([Buffer.from([0x40, 0x7f, 0x01, 0x3a]), Buffer.alloc(127, 97), Buffer.from([0])]);
  assert.equal(order(longName, end), '?', 'a long pseudo-header');
});
