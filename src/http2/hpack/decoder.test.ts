import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexed, integer, literal, sizeUpdate, text } from '../../../test/http2/blockOctets.ts';
import { fieldNumber } from '../../http/index.ts';
import { HpackDecoder, type HpackDecoderOptions, pseudoFields } from './index.ts';

const options: HpackDecoderOptions = { tableBytesMax: 4_096, listBytesMax: 16 << 10, fieldsMax: 50 };

function decode(decoder: HpackDecoder, ...pieces: Buffer[]) {
  const block = Buffer.concat(pieces);
  return decoder.decode(block, 0, block.length);
}

function faultOf(...pieces: Buffer[]) {
  return decode(new HpackDecoder(options), ...pieces);
}

test('a block may stand anywhere in the bytes', () => {
  const decoder = new HpackDecoder(options);
  const block = Buffer.concat([indexed(2), literal('plain', 4, '/here')]);
  const bytes = Buffer.concat([Buffer.from([0xff, 0xff]), block, Buffer.from([0x3f, 0xff])]);
  assert.equal(decoder.decode(bytes, 2, 2 + block.length), undefined);
  assert.deepEqual(decoder.raw, [':method', 'GET', ':path', '/here']);
  assert.equal(decode(decoder), undefined, 'and may be empty');
  assert.deepEqual(decoder.raw, []);
});

test('names have their numbers, whichever way they were sent', () => {
  const decoder = new HpackDecoder(options);
  const names = [
    indexed(1),
    literal('added', ':path', '/'),
    literal('plain', ':protocol', 'x'),
    literal('plain', ':what', 'x'),
  ];
  decode(
    decoder,
    ...names,
    literal('never', 32, 'a=b'),
    literal('added', 'sec-fetch-mode', 'cors', true),
    literal('plain', 'x-own', ''),
  );
  const { authority, path, protocol, other } = pseudoFields;
  assert.deepEqual(decoder.numbers, [
    ...[authority, path, protocol, other, fieldNumber('cookie'), fieldNumber('sec-fetch-mode'), 0],
  ]);
  decode(decoder, indexed(62), indexed(63));
  assert.deepEqual(decoder.numbers, [fieldNumber('sec-fetch-mode'), path]);
  assert.deepEqual(decoder.raw, ['sec-fetch-mode', 'cors', ':path', '/']);
});

test('each block has arrays of its own', () => {
  const decoder = new HpackDecoder(options);
  decode(decoder, indexed(2));
  const { raw, numbers } = decoder;
  decode(decoder, indexed(3));
  assert.deepEqual([raw, numbers], [[':method', 'GET'], [pseudoFields.method]]);
});

test('only what was sent with indexing comes into the table, and the oldest leaves it', () => {
  const decoder = new HpackDecoder(options);
  decode(decoder, literal('plain', 'a', '1'), literal('never', 'b', '2'));
  assert.equal(decoder.tableBytes, 0);
  const big = 'v'.repeat(2_000);
  decode(decoder, literal('added', 'a', big), literal('added', 'b', big), literal('added', 'c', big));
  assert.equal(decoder.tableBytes, 2 * 2_033);
  decode(decoder, indexed(62), indexed(63));
  assert.deepEqual(decoder.raw, ['c', big, 'b', big]);
  assert.equal(decode(decoder, indexed(64)), 'compression');
});

test('no index behind the last entry is one', () => {
  for (let index = 63; index < 200; index++) {
    const decoder = new HpackDecoder(options);
    decode(decoder, literal('added', 'a', '1'));
    assert.equal(decode(decoder, indexed(index)), 'compression', String(index));
  }
});

test('an entry may take its name from one that leaves for it', () => {
  const decoder = new HpackDecoder(options);
  decode(decoder, literal('added', 'name', 'v'.repeat(3_000)));
  assert.equal(decode(decoder, literal('added', 62, 'w'.repeat(2_000))), undefined);
  assert.equal(decoder.raw[0], 'name');
  assert.equal(decoder.tableBytes, 2_036);
});

test('an entry larger than the table empties it', () => {
  const decoder = new HpackDecoder(options);
  decode(decoder, literal('added', 'a', '1'), literal('added', 'b', 'v'.repeat(4_064)));
  assert.equal(decoder.tableBytes, 0);
  assert.equal(decode(decoder, literal('added', 'c', 'v'.repeat(4_063))), undefined);
  assert.equal(decoder.tableBytes, 4_096, 'one of exactly its size fills it');
});

test('the ring grows and goes round many times', () => {
  const decoder = new HpackDecoder(options);
  for (let sent = 0; sent < 1_000; sent++) {
    decode(decoder, literal('added', `n${sent}`, ''));
    assert.equal(decode(decoder, indexed(62), indexed(62 + Math.min(sent, 99))), undefined);
    assert.deepEqual(decoder.raw, [`n${sent}`, '', `n${Math.max(0, sent - 99)}`, '']);
  }
});

test('size updates: at the start, two at most, not above ours', () => {
  const decoder = new HpackDecoder(options);
  decode(decoder, literal('added', 'a', '1'));
  assert.equal(decode(decoder, sizeUpdate(0), sizeUpdate(4_096), indexed(2)), undefined);
  assert.equal(decoder.tableBytes, 0);
  assert.equal(decode(decoder, sizeUpdate(40)), undefined);
  decode(decoder, literal('added', 'a', '1234567'), literal('added', 'b', '1'));
  assert.equal(decoder.tableBytes, 34);
  assert.equal(faultOf(sizeUpdate(4_097)), 'compression');
  assert.equal(faultOf(sizeUpdate(0), sizeUpdate(1), sizeUpdate(2)), 'compression');
  assert.equal(faultOf(indexed(2), sizeUpdate(0)), 'compression');
});

test('what ends a connection', () => {
  const cases: Record<string, Buffer[]> = {
    'index 0': [Buffer.from([0x80])],
    'an index behind the tables': [indexed(62)],
    'a name behind the tables': [literal('added', 62, 'x')],
    'an index cut off': [Buffer.from([0xff])],
    'an index cut off later': [Buffer.from([0xff, 0x80, 0x80])],
    'an index of five octets': [Buffer.from([0xff, 0x80, 0x80, 0x80, 0x80, 0x00])],
    'an index of ten': [Buffer.from([0xff, ...new Array<number>(9).fill(0xff), 0x7f])],
    'a literal without a name': [Buffer.from([0x40])],
    'a literal without a value': [integer(1, 6, 0x40)],
    'a name cut off': [Buffer.from([0x40, 0x03, 0x61])],
    'a value cut off': [integer(1, 4), Buffer.from([0x03, 0x61])],
    'a length above all': [integer(1, 4), Buffer.from([0x7f, 0xff, 0xff, 0xff, 0x7f])],
    'a length of five octets': [
      integer(1, 4),
      Buffer.from([0x7f, 0x80, 0x80, 0x80, 0x80, 0x00]),
      Buffer.alloc(127, 'a'),
    ],
    'a length cut off': [integer(1, 4), Buffer.from([0x7f, 0x80])],
    'a name with a length of five octets': [
      Buffer.from([0x40, 0x7f, 0x80, 0x80, 0x80, 0x80, 0x00]),
      Buffer.alloc(200, 'a'),
    ],
    'a size update where a literal might be read': [indexed(2), sizeUpdate(0), text('name'), text('value')],
    'padding of eight ones': [integer(1, 4), Buffer.from([0x81, 0xff])],
    'a name with wrong padding': [Buffer.from([0x40, 0x81, 0x18]), text('x')],
  };
  for (const [name, pieces] of Object.entries(cases)) assert.equal(faultOf(...pieces), 'compression', name);
});

test('every cut of a block is a fault or a shorter list, never more', () => {
  const block = Buffer.concat([
    indexed(2),
    literal('plain', 4, '/path', true),
    literal('added', 'name', 'v'.repeat(200)),
  ]);
  for (let end = 0; end < block.length; end++) {
    const decoder = new HpackDecoder(options);
    const fault = decoder.decode(block, 0, end);
    if (fault === undefined) assert.ok(decoder.raw.length <= 4);
  }
});

test('too many octets or fields: refused, but the table stays in step', () => {
  for (const bounds of [{ listBytesMax: 100 }, { fieldsMax: 2 }]) {
    const decoder = new HpackDecoder({ ...options, ...bounds });
    const later = [indexed(2), indexed(4), literal('plain', 'big', 'v'.repeat(50)), literal('added', 'late', 'v')];
    assert.equal(decode(decoder, ...later), 'too-large');
    assert.ok(decoder.raw.length <= 4);
    assert.equal(decode(decoder, literal('plain', 62, 'w')), undefined, 'the next one is fine');
    assert.deepEqual(decoder.raw, ['late', 'w']);
  }
  const exact = new HpackDecoder({ ...options, listBytesMax: 42, fieldsMax: 1 });
  assert.equal(decode(exact, indexed(2)), undefined, ':method GET counts 42');
  assert.equal(decode(new HpackDecoder({ ...options, listBytesMax: 41 }), indexed(2)), 'too-large');
});

test('a bomb of references makes no list', () => {
  const decoder = new HpackDecoder(options);
  const references = new Array<Buffer>(10_000).fill(indexed(62));
  assert.equal(decode(decoder, literal('added', 'a', 'v'.repeat(4_000)), ...references), 'too-large');
  assert.ok(decoder.raw.length <= 8);
});

test('fields that HTTP/2 does not allow are told, also when they come from the table', () => {
  const invalid: [name: string, value: string][] = [
    ...['Upper', 'with space', 'with:colon', 'ümlaut', '', ':', ':Path', '::a', 'tab\t'].map(
      (name): [string, string] => [name, 'v'],
    ),
    ...['nul\0', 'cr\r', 'lf\n', '\x1f', '\x7f', ' before', 'behind ', '\tbefore', 'behind\t', ' '].map(
      (value): [string, string] => ['name', value],
    ),
  ];
  for (const [name, value] of invalid) {
    for (const isHuffman of [false, true]) {
      const decoder = new HpackDecoder(options);
      const says = JSON.stringify([name, value, isHuffman]);
      assert.equal(decode(decoder, indexed(2), literal('added', name, value, isHuffman)), undefined, says);
      assert.equal(decoder.hasInvalidField, true, says);
      assert.deepEqual(decoder.raw.slice(2), [name, value]);
      decode(decoder, indexed(2));
      assert.equal(decoder.hasInvalidField, false, says);
      decode(decoder, indexed(62), indexed(2));
      assert.equal(decoder.hasInvalidField, true, says);
      decode(decoder, literal('added', 62, 'fine', isHuffman));
      assert.equal(decoder.hasInvalidField, name !== 'name', `${says}: its name again`);
    }
  }
  for (const [name, value] of [
    [':x', 'a b'],
    ['a1-_.~', 'a\tb'],
    ["!#$%&'*+-.^_`|~", '\x80ÿ'],
    ['name', ''],
  ] as const) {
    for (const isHuffman of [false, true]) {
      const decoder = new HpackDecoder(options);
      decode(decoder, literal('plain', name, value, isHuffman));
      assert.deepEqual([decoder.hasInvalidField, decoder.raw], [false, [name, value]]);
    }
  }
});

test('a literal larger than the buffer that is kept', () => {
  for (const isHuffman of [false, true]) {
    const decoder = new HpackDecoder({ ...options, listBytesMax: 1 << 20 });
    // From just below the buffer's size as codes of five bits to far above it.
    for (const length of [8_191, 8_192, 8_193, 9_600, 13_107, 13_108, 80_000]) {
      assert.equal(decode(decoder, literal('added', 'a', '0'.repeat(length), isHuffman)), undefined);
      assert.equal(decoder.raw[1], '0'.repeat(length));
    }
  }
});
