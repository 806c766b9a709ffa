import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyLimits } from '../fields/limits.ts';
import { ChunkedReader } from './chunkedReader.ts';

interface Read {
  readonly body: string;
  /** Octets read, or the fault. */
  readonly stop: number | string;
  readonly isDone: boolean;
}

/** Reads a text in pieces of so many octets. */
function readIn(pieceBytes: number, text: string): Read {
  const bytes = Buffer.from(text, 'latin1');
  const reader = new ChunkedReader();
  let body = '';
  let stop = 0;
  for (let start = 0; start < bytes.length && !reader.isDone; start += pieceBytes) {
    // Pieces of their own, overwritten afterwards: what the reader keeps must be a copy.
    const piece = Buffer.from(bytes.subarray(start, start + pieceBytes));
    const read = reader.read(piece, 0, piece.length, { onBytes: (some) => (body += some.toString('latin1')) });
    piece.fill(0x2a);
    if (read === -1) return { body, stop: reader.fault, isDone: false };
    stop += read;
  }
  return { body, stop, isDone: reader.isDone };
}

/** The same in one piece and in any other. */
function read(text: string): Read {
  const whole = readIn(text.length, text);
  for (const pieceBytes of [1, 2, 3, 7])
    assert.deepEqual(readIn(pieceBytes, text), whole, `${pieceBytes}: ${text.slice(0, 99)}`);
  return whole;
}

test('chunks are put together, and what stands behind the last is left', () => {
  assert.deepEqual(read('3\r\nabc\r\nA\r\n0123456789\r\n000\r\n\r\nGET'), {
    body: 'abc0123456789',
    stop: 30,
    isDone: true,
  });
  assert.deepEqual(read('0\r\n\r\n'), { body: '', stop: 5, isDone: true });
  assert.deepEqual(read('2\r\n\r\n\r\n0\r\n\r\n').body, '\r\n');
  assert.equal(read('3\r\nabc\r\n0\r\n').isDone, false);
});

test('sizes: one to sixteen hexadecimal digits, no more than a body may have', () => {
  assert.equal(read('0000000000000003\r\nabc\r\n0\r\n\r\n').body, 'abc');
  const cases: readonly (readonly [text: string, fault: string])[] = [
    ['00000000000000003\r\n', 'chunk-size-invalid'],
    ['\r\n', 'chunk-size-invalid'],
    [' 3\r\n', 'chunk-size-invalid'],
    ['3 \r\n', 'chunk-size-invalid'],
    ['3\t\r\n', 'chunk-size-invalid'],
    ['+3\r\n', 'chunk-size-invalid'],
    ['-3\r\n', 'chunk-size-invalid'],
    ['0x3\r\n', 'chunk-size-invalid'],
    ['3g\r\n', 'chunk-size-invalid'],
    ['10000000001\r\n', 'body-too-large'],
    ['ffffffffffffffff\r\n', 'body-too-large'],
    ['3\n', 'line-end-invalid'],
    ['3\r3', 'line-end-invalid'],
  ];
  for (const [text, fault] of cases) assert.equal(read(text).stop, fault, JSON.stringify(text));
});

test('chunks end where their size says', () => {
  for (const text of ['3\r\nabcd', '3\r\nabc\n', '3\r\nabc\r\r', '3\r\nabc0\r\n', '3\r\nab\r\n0\r\n']) {
    assert.equal(read(text).stop, 'chunk-end-invalid', JSON.stringify(text));
  }
});

test('extensions are checked and thrown away', () => {
  const good = [';a', ';a=b', ';a="b"', ';a=""', ';a="b\\"c"', ';a="\\\\"', ';a="b;c, \t\x80"', ';a;b=c;d="e";f'];
  for (const extension of good) {
    assert.deepEqual(read(`1${extension}\r\nx\r\n0${extension}\r\n\r\n`).body, 'x', extension);
  }
  const bad = [
    ...[
      ';',
      ';;',
      ';=',
      ';=b',
      ';a=',
      ';a=;b',
      ' ;a',
      '; a',
      ';a ',
      ';a =b',
      ';a= b',
      ';a=b ',
      ';a=b=c',
      ';a="b"c',
      ';a="b" ',
    ],
    ...[';a="\r\n"', ';a="\\\r\n"', ';a="\x00"', ';a="\x7f"', ';a\x00', ';\x80', ';a=\x80', ';a=b"c"', ';a,b', ';"a"'],
  ];
  for (const extension of bad) {
    const { stop } = read(`1${extension}\r\nx\r\n0\r\n\r\n`);
    const fault = extension === ' ;a' ? 'chunk-size-invalid' : 'chunk-extension-invalid';
    assert.equal(stop, fault, JSON.stringify(extension));
  }
  assert.equal(read('1;a\nx').stop, 'line-end-invalid');
});

test('extensions are bounded, one by one and together', () => {
  const most = `;${'a'.repeat(bodyLimits.chunkExtensionBytesMax - 1)}`;
  assert.equal(read(`0${most}\r\n\r\n`).isDone, true);
  assert.equal(read(`0${most}aa\r\n\r\n`).stop, 'chunk-extension-invalid');
  const chunk = `1;${'a'.repeat(199)}\r\nx\r\n`;
  const tooMany = Math.ceil(bodyLimits.chunkExtensionsBytesMax / 200) + 1;
  assert.equal(read(`${chunk.repeat(tooMany - 2)}0\r\n\r\n`).isDone, true);
  assert.equal(read(chunk.repeat(tooMany)).stop, 'chunk-extension-invalid');
});

test('trailers are checked, bounded and thrown away', () => {
  assert.deepEqual(read('1\r\nx\r\n0\r\nX-Sum: 1\r\ny:\r\n\r\nrest'), { body: 'x', stop: 25, isDone: true });
  const long = 'y'.repeat(bodyLimits.trailersBytesMax);
  const refused = [
    ...['X-Sum : 1\r\n', ' X: 1\r\n', 'X: 1\r\n 2\r\n', 'X\r\n', 'X: 1\n', 'X: \x001\r\n', ': 1\r\n', `X: ${long}\r\n`],
    ...[
      'Content-Length: 1\r\n',
      'transfer-encoding: chunked\r\n',
      'X: y\r\nConnection: close\r\n',
      'Proxy-Connection: x\r\n',
    ],
  ];
  for (const trailers of refused) {
    assert.equal(read(`0\r\n${trailers}\r\n`).stop, 'trailers-invalid', JSON.stringify(trailers.slice(0, 40)));
  }
});

test('all chunks together are bounded', () => {
  const reader = new ChunkedReader();
  const ignored = { onBytes: () => {} };
  const give = (bytes: Buffer) => reader.read(bytes, 0, bytes.length, ignored);
  give(Buffer.from('10000000000\r\n'));
  const piece = Buffer.alloc(256 << 20);
  for (let left = bodyLimits.bodyBytesMax / piece.length; left > 0; left--) assert.equal(give(piece), piece.length);
  assert.equal(give(Buffer.from('\r\n1\r\n')), -1);
  assert.equal(reader.fault, 'body-too-large');
});
