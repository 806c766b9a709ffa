import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldNumberOf } from '../../http/index.ts';
import { HpackDecoder, HpackEncoder, responseBytesMax } from './index.ts';

const into = Buffer.alloc(16 << 10);

/** Both ends of a connection: what the encoder writes, the decoder reads. */
function pair() {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder({ tableBytesMax: 4_096, listBytesMax: 64 << 10, fieldsMax: 200 });
  return {
    encoder,
    decoder,
    /** The block's length; fails where it is not read back. */
    send(raw: readonly string[], status = 200): number {
      const end = encoder.encodeResponse(status, raw, numbersOf(raw), into, 0);
      assert.equal(decoder.decode(into, 0, end), undefined);
      const lower = raw.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : text));
      assert.deepEqual(decoder.raw, [':status', String(status), ...lower]);
      assert.equal(decoder.hasInvalidField, false);
      assert.equal(encoder.tableBytes, decoder.tableBytes);
      return end;
    },
  };
}

function numbersOf(raw: readonly string[]): number[] {
  return raw.filter((_, index) => index % 2 === 0).map(fieldNumberOf);
}

test('an answer that returns takes an octet per field', () => {
  const { send } = pair();
  const raw = ['Server', 'origin', 'Content-Type', 'text/html', 'X-Cache', 'HIT', 'vary', 'accept', 'x-cache', 'HIT'];
  const first = send(raw);
  assert.equal(send(raw), 6);
  assert.ok(first > 50);
  for (const status of [204, 206, 304, 400, 404, 500]) assert.equal(send([], status), 1);
  send([], 403);
  assert.equal(send([], 403), 1);
});

test('a value of no habit enters the table when it comes a second time', () => {
  const { send, encoder } = pair();
  const date = (second: number) => ['date', `Tue, 24 Nov 2026 16:13:${second} GMT`];
  for (let second = 10; second < 20; second++) send(date(second));
  assert.equal(encoder.tableBytes, 0);
  send(date(19));
  assert.equal(encoder.tableBytes, 32 + 4 + 29);
  assert.equal(send(date(19)), 2);
});

test('a name that no table has enters it once, its values as they repeat', () => {
  const { send, encoder } = pair();
  send(['x-trace', 'a1']);
  const first = encoder.tableBytes;
  assert.equal(send(['x-trace', 'b2']), 1 + 2 + 3, 'status, index of the name, value');
  assert.equal(encoder.tableBytes, first);
  send(['x-trace', 'b2']);
  assert.equal(send(['x-trace', 'b2']), 2);
  assert.equal(send(['x-trace', 'a1']), 2, 'and the older value is still known');
});

test('secrets are marked for all that come behind us, lengths and tags stay out of the table', () => {
  const { send, encoder } = pair();
  for (let round = 0; round < 3; round++) {
    send(['Set-Cookie', 'a=b']);
    assert.deepEqual([...into.subarray(1, 3)], [0x1f, 55 - 15]);
    send(['WWW-Authenticate', 'Basic']);
    assert.equal(into[1], 0x1f);
    send(['content-length', '12', 'etag', '"e"', 'age', '3', 'x-request-id', 'r']);
    assert.equal(into[1], 0x0f);
  }
  assert.equal(encoder.tableBytes, 0);
});

test('the table evicts in step with the other side', () => {
  const { send, encoder } = pair();
  for (let round = 0; round < 2_000; round++) {
    send(['content-type', `type/${round % 90}`, `x-name-${round % 37}`, 'v'.repeat(round % 100), 'server', 'origin']);
    assert.ok(encoder.tableBytes <= 4_096);
  }
});

test('a value that would push out nearly all others stays outside', () => {
  const { send, encoder } = pair();
  send(['content-security-policy', 'v'.repeat(1_025), 'x-own', 'v'.repeat(3_000)]);
  assert.equal(encoder.tableBytes, 0);
});

test('the other side sets the size: 0, small, large, several in between', () => {
  const { send, encoder } = pair();
  const raw = ['server', 'origin', 'content-type', 'text/html', 'x-own', 'value'];
  send(raw);
  encoder.setTableBytesMax(0);
  send(raw);
  assert.deepEqual([encoder.tableBytes, into[0]], [0, 0x20]);
  send(raw);
  assert.equal(into[0], 0x88, 'the update goes out once');
  encoder.setTableBytesMax(50);
  send(raw);
  assert.equal(encoder.tableBytes, 42, 'x-own alone');
  encoder.setTableBytesMax(1 << 30);
  send(raw);
  assert.deepEqual([...into.subarray(0, 3)], [0x3f, 0xe1, 0x1f], '4096');
  send(raw);
  encoder.setTableBytesMax(10);
  encoder.setTableBytesMax(0);
  encoder.setTableBytesMax(2_000);
  send(raw);
  assert.equal(into[0], 0x20, 'the smallest first');
  assert.equal(into[1], 0x3f);
  encoder.setTableBytesMax(2_000);
  send(raw);
  assert.equal(into[0], 0x88, 'no change, no update');
});

test('what might not fit changes nothing', () => {
  const { send, encoder, decoder } = pair();
  const raw = ['server', 'origin', 'x-own', 'v'.repeat(300)];
  encoder.setTableBytesMax(100);
  assert.equal(encoder.encodeResponse(200, raw, numbersOf(raw), Buffer.alloc(200), 0), -1);
  assert.equal(encoder.encodeResponse(200, raw, numbersOf(raw), Buffer.alloc(4_000), 3_700), -1);
  assert.equal(encoder.encodeFields(raw, numbersOf(raw), Buffer.alloc(4_000), 3_700), -1);
  assert.equal(encoder.tableBytes, 0);
  send(raw);
  assert.equal(into[0], 0x3f, 'the update is still due');
  const fitting = Buffer.alloc(responseBytesMax(raw) + 7, 0xaa);
  const end = encoder.encodeResponse(404, raw, numbersOf(raw), fitting, 7);
  assert.ok(end > 7);
  assert.equal(fitting[6], 0xaa);
  assert.equal(decoder.decode(fitting, 7, end), undefined);
});

test('the bound on a block holds for the widest of them', () => {
  const encoder = new HpackEncoder();
  for (const name of ['n', 'set-cookie', 'x'.repeat(200)]) {
    for (const length of [0, 1, 126, 127, 128, 400, 20_000]) {
      const raw = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? name : 'v'.repeat(length)));
      encoder.setTableBytesMax(length % 4_000);
      encoder.setTableBytesMax(4_096);
      const room = Buffer.alloc(responseBytesMax(raw) + 1_000, 0xaa);
      const end = encoder.encodeResponse(599, raw, numbersOf(raw), room, 0);
      assert.ok(end > 0 && end <= responseBytesMax(raw));
    }
  }
});

test('all octets of a value go out as they are', () => {
  const { send } = pair();
  const octets = String.fromCharCode(
    ...Array.from({ length: 95 }, (_, index) => 0x21 + index).filter((octet) => octet !== 0x7f),
  );
  const high = String.fromCharCode(...Array.from({ length: 128 }, (_, index) => 0x80 + index));
  for (const value of [octets, high, octets.slice(0, 30), high.slice(0, 30), '', 'a b\tc'])
    send(['x-own', value, 'etag', value]);
});

test('trailers have no status; a list may begin with pseudo-header fields', () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder({ tableBytesMax: 4_096, listBytesMax: 64 << 10, fieldsMax: 200 });
  const lists = [
    ['Grpc-Status', '0'],
    [
      ':method',
      'GET',
      ':path',
      '/',
      ':scheme',
      'https',
      ':authority',
      'a.example',
      ':protocol',
      'x',
      'accept-encoding',
      'gzip, deflate',
    ],
  ];
  for (const raw of lists) {
    const end = encoder.encodeFields(raw, numbersOf(raw), into, 0);
    assert.equal(decoder.decode(into, 0, end), undefined);
    assert.deepEqual(
      decoder.raw,
      raw.map((text) => (text === 'Grpc-Status' ? 'grpc-status' : text)),
    );
  }
});

test('more names than are remembered are still written', () => {
  const { send } = pair();
  for (let name = 0; name < 3_000; name += 3)
    send([`X-A${name}`, 'a', `X-A${name + 1}`, 'b', `X-${'A'.repeat(80)}${name}`, 'c']);
  send(['X-A0', 'a', 'X-A2997', 'a']);
});

test('a known name without its number is known all the same', () => {
  const encoder = new HpackEncoder();
  for (let round = 0; round < 3; round++) encoder.encodeResponse(200, ['Set-Cookie', 'a=b'], [0], into, 0);
  assert.deepEqual([...into.subarray(1, 3)], [0x1f, 55 - 15]);
  assert.equal(encoder.tableBytes, 0);
  encoder.encodeResponse(200, ['server', 'a'], [fieldNumberOf('server')], into, 0);
  assert.equal(encoder.encodeResponse(200, ['Server', 'a'], [0], into, 0), 2);
});
