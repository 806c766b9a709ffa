import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untilClosed } from './body/bodyReader.ts';
import { headLimits } from './fields/limits.ts';
import { ResponseReader } from './responseReader.ts';

const reader = new ResponseReader();

function faultOf(text: string, isHead = false): string | undefined {
  const bytes = Buffer.from(text, 'latin1');
  const next = reader.read(bytes, 0, bytes.length, isHead);
  assert.notEqual(next, 0, 'the head is whole');
  if (next === -1) return reader.fault;
  assert.equal(next, bytes.length);
  return undefined;
}

test('status, reason and fields are read as sent', () => {
  assert.equal(faultOf('HTTP/1.1 404 Nicht da \xe4\r\nETag: "a"\r\n\r\n'), undefined);
  assert.deepEqual([reader.status, reader.reason, reader.fields.raw], [404, 'Nicht da \xe4', ['ETag', '"a"']]);
  for (const [line, reason] of [
    ['HTTP/1.1 200 OK', 'OK'],
    ['HTTP/1.1 200 OX', 'OX'],
    ['HTTP/1.1 200 ', ''],
    ['HTTP/1.1 200', ''],
    ['HTTP/1.1 200  OK', ' OK'],
  ] as const) {
    assert.equal(faultOf(`${line}\r\n\r\n`), undefined);
    assert.equal(reader.reason, reason, line);
  }
});

test('status lines that are refused', () => {
  const cases: readonly (readonly [line: string, fault: string])[] = [
    ['HTTP/2.0 200 OK', 'version-unsupported'],
    ['HTTP/0.9 200 OK', 'version-unsupported'],
    ['http/1.1 200 OK', 'start-line-invalid'],
    ['ICY 200 OK', 'start-line-invalid'],
    ['HTTP/1.1  200 OK', 'status-invalid'],
    ['HTTP/1.1\t200 OK', 'start-line-invalid'],
    ['HTTP/1.1 099 X', 'status-invalid'],
    ['HTTP/1.1 600 X', 'status-invalid'],
    ['HTTP/1.1 2x0 X', 'status-invalid'],
    ['HTTP/1.1 20 OK', 'status-invalid'],
    ['HTTP/1.1 2000 OK', 'start-line-invalid'],
    ['HTTP/1.1 200\tOK', 'start-line-invalid'],
    ['HTTP/1.1 200 O\x00K', 'line-end-invalid'],
    ['HTTP/1.1 200 OK\rX', 'line-end-invalid'],
    ['HTTP/1.1 200 OK\n', 'line-end-invalid'],
  ];
  for (const [line, fault] of cases) assert.equal(faultOf(`${line}\r\n\r\n`), fault, JSON.stringify(line));
});

test('how long the body is (RFC 9112 section 6.3), and whether the connection stays', () => {
  const length = 'Content-Length: 5\r\n';
  const chunked = 'Transfer-Encoding: chunked\r\n';
  const cases: readonly (readonly [
    line: string,
    lines: string,
    bodyBytes: number,
    isKeptAlive: boolean,
    isHead?: true,
  ])[] = [
    ['HTTP/1.1 200 OK', length, 5, true],
    ['HTTP/1.1 200 OK', chunked, -1, true],
    ['HTTP/1.1 200 OK', '', untilClosed, false],
    ['HTTP/1.0 200 OK', length, 5, false],
    ['HTTP/1.0 200 OK', `${length}Connection: keep-alive\r\n`, 5, true],
    ['HTTP/1.0 200 OK', 'Connection: keep-alive\r\n', untilClosed, false],
    ['HTTP/1.1 200 OK', `${length}Connection: close\r\n`, 5, false],
    ['HTTP/1.1 200 OK', `${length}Proxy-Connection: close\r\n`, 5, false],
    ['HTTP/1.1 200 OK', length, 0, true, true],
    ['HTTP/1.1 200 OK', chunked, 0, true, true],
    ['HTTP/1.1 200 OK', '', 0, true, true],
    ['HTTP/1.1 204 No Content', length, 0, true],
    ['HTTP/1.1 304 Not Modified', length, 0, true],
    ['HTTP/1.1 304 Not Modified', chunked, 0, true],
    ['HTTP/1.1 100 Continue', '', 0, true],
    ['HTTP/1.1 103 Early Hints', length, 0, true],
    ['HTTP/1.1 101 Switching Protocols', 'Connection: upgrade\r\nUpgrade: websocket\r\n', 0, true],
    ['HTTP/1.1 205 Reset Content', 'Content-Length: 0\r\n', 0, true],
  ];
  for (const [line, lines, bodyBytes, isKeptAlive, isHead = false] of cases) {
    assert.equal(faultOf(`${line}\r\n${lines}\r\n`, isHead), undefined);
    assert.deepEqual([reader.bodyBytes, reader.isKeptAlive], [bodyBytes, isKeptAlive], `${line} ${lines} ${isHead}`);
  }
});

test('ambiguous framing is refused, also where no body follows', () => {
  const cases: readonly (readonly [lines: string, fault: string])[] = [
    ['Content-Length: 5\r\nContent-Length: 5\r\n', 'content-length-invalid'],
    ['Content-Length: 5, 5\r\n', 'content-length-invalid'],
    ['Content-Length: -1\r\n', 'content-length-invalid'],
    ['Content-Length: 1099511627777\r\n', 'body-too-large'],
    ['Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', 'framing-ambiguous'],
    ['Transfer-Encoding: gzip\r\n', 'transfer-coding-unsupported'],
    ['Transfer-Encoding: chunked, gzip\r\n', 'transfer-coding-unsupported'],
    ['Transfer-Encoding: chunked\t\r\n', 'transfer-coding-unsupported'],
    ['Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', 'transfer-coding-unsupported'],
    ['X : y\r\n', 'field-name-invalid'],
    [' X: y\r\n', 'field-folded'],
  ];
  for (const [lines, fault] of cases) {
    for (const status of [200, 204]) {
      assert.equal(faultOf(`HTTP/1.1 ${status} X\r\n${lines}\r\n`), fault, lines);
      assert.equal(faultOf(`HTTP/1.1 ${status} X\r\n${lines}\r\n`, true), fault, lines);
    }
  }
  assert.equal(faultOf('HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), 'framing-ambiguous');
});

test('up to two empty lines before a status line are skipped', () => {
  assert.equal(faultOf('\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'), undefined);
  assert.equal(faultOf('\r\n\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'), 'start-line-invalid');
  assert.equal(reader.read(Buffer.from('\r'), 0, 1, false), 0);
});

test('bounds: octets of a head, its lines', () => {
  assert.equal(faultOf(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(headLimits.headBytesMax)}\r\n\r\n`), 'head-too-large');
  assert.equal(faultOf(`HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(headLimits.headersMax + 1)}\r\n`), 'headers-too-many');
});
