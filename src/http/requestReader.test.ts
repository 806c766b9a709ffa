import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headLimits } from './fields/limits.ts';
import { RequestReader } from './requestReader.ts';

const reader = new RequestReader();

/** `fault`, or undefined when the text is one whole head and nothing more. */
function faultOf(text: string): string | undefined {
  const bytes = Buffer.from(text, 'latin1');
  const next = reader.read(bytes, 0, bytes.length);
  assert.notEqual(next, 0, 'the head is whole');
  if (next === -1) return reader.fault;
  assert.equal(next, bytes.length);
  return undefined;
}

/** A request with these lines besides Host. */
function withLines(lines: string, start = 'POST / HTTP/1.1'): string {
  return `${start}\r\nHost: shop.example\r\n${lines}\r\n`;
}

test('a head is read with its names in their order and case, and its values without blanks around them', () => {
  assert.equal(
    faultOf('GET /a?b=c HTTP/1.1\r\nhOST: shop.example\r\nX-One:\t 1 \t\r\nx-one:2\r\nEmpty:\r\n\r\n'),
    undefined,
  );
  assert.deepEqual(
    [reader.method, reader.target, reader.version, reader.bodyBytes, reader.isKeptAlive],
    ['GET', '/a?b=c', '1.1', 0, true],
  );
  assert.deepEqual(reader.fields.raw, ['hOST', 'shop.example', 'X-One', '1', 'x-one', '2', 'Empty', '']);
});

test('a head is told from what stands before and behind it', () => {
  const bytes = Buffer.from('xxGET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next');
  assert.equal(reader.read(bytes, 2, bytes.length), bytes.length - 'GET /next'.length);
  assert.equal(reader.read(bytes, 2, bytes.length - 10), 0, 'without its last octet it is not whole');
});

test('start lines that are refused', () => {
  const cases: readonly (readonly [line: string, fault: string])[] = [
    ['GET  / HTTP/1.1', 'start-line-invalid'],
    ['GET / HTTP/1.1 ', 'start-line-invalid'],
    ['GET\t/ HTTP/1.1', 'start-line-invalid'],
    [' GET / HTTP/1.1', 'start-line-invalid'],
    ['GET /', 'start-line-invalid'],
    ['GET / HTTP/1', 'start-line-invalid'],
    ['GET / http/1.1', 'start-line-invalid'],
    ['GET / HTTP/1.10', 'start-line-invalid'],
    ['GET / HTTP/2.0', 'version-unsupported'],
    ['GET / HTTP/1.2', 'version-unsupported'],
    ['GET / HTTP/0.9', 'version-unsupported'],
    ['get / HTTP/1.1', 'method-unknown'],
    ['BREW / HTTP/1.1', 'method-unknown'],
    ['PRI * HTTP/2.0', 'method-unknown'],
    [`${'A'.repeat(headLimits.methodCharsMax + 1)} / HTTP/1.1`, 'method-unknown'],
    ['GET /\x00 HTTP/1.1', 'target-invalid'],
    ['GET /\x80 HTTP/1.1', 'target-invalid'],
    ['GET /a#b HTTP/1.1', 'target-invalid'],
    ['GET a HTTP/1.1', 'target-invalid'],
    ['GET * HTTP/1.1', 'target-invalid'],
    ['GET ftp://shop.example/ HTTP/1.1', 'target-invalid'],
    ['GET http:///a HTTP/1.1', 'target-invalid'],
    ['GET http://user@shop.example/ HTTP/1.1', 'target-invalid'],
    ['CONNECT shop.example:443 HTTP/1.1', 'connect-refused'],
    ['GET / HTTP/1.1\rX', 'line-end-invalid'],
    ['GET / HTTP/1.1\n', 'line-end-invalid'],
    ['\nGET / HTTP/1.1', 'line-end-invalid'],
  ];
  for (const [line, fault] of cases) assert.equal(faultOf(withLines('', line)), fault, JSON.stringify(line));
});

test('the target * is for OPTIONS', () => {
  assert.equal(faultOf(withLines('', 'OPTIONS * HTTP/1.1')), undefined);
});

test('up to two empty lines before a head are skipped, half of one is waited for', () => {
  assert.equal(faultOf(withLines('', '\r\n\r\nGET / HTTP/1.1')), undefined);
  assert.equal(faultOf(withLines('', '\r\n\r\n\r\nGET / HTTP/1.1')), 'line-end-invalid');
  assert.equal(reader.read(Buffer.from('\r\n\r'), 0, 3), 0);
});

test('Host: one, that is a host name, needed in HTTP/1.1', () => {
  assert.equal(faultOf('GET / HTTP/1.1\r\n\r\n'), 'host-missing');
  assert.equal(faultOf('GET / HTTP/1.0\r\n\r\n'), undefined);
  assert.equal(faultOf('GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n'), 'host-repeated');
  for (const host of ['', 'a', 'A-b_c.example:8080', '127.0.0.1', '[::1]:80', 'a:']) {
    assert.equal(faultOf(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`), undefined, host);
  }
  for (const host of ['a b', 'a,b', 'a/b', 'a@b', '::1', '[zz]', 'a:b', 'a:123456', '\xe9', '%61', 'a'.repeat(256)]) {
    assert.equal(faultOf(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`), 'host-invalid', host);
  }
  assert.equal(faultOf('GET / HTTP/1.1\r\nHost: a b\r\n\r\n'), 'host-invalid', 'asked again');
});

test('an absolute target must name the host that Host names', () => {
  assert.equal(faultOf(withLines('', 'GET HTTP://SHOP.example:80/a HTTP/1.1')), undefined);
  assert.equal(reader.target, 'HTTP://SHOP.example:80/a');
  assert.equal(faultOf(withLines('', 'GET http://other.example/a HTTP/1.1')), 'host-ambiguous');
  assert.equal(faultOf('GET http://other.example/a HTTP/1.0\r\n\r\n'), undefined);
  assert.equal(faultOf('GET http://other.example/a HTTP/1.1\r\n\r\n'), 'host-missing');
  assert.equal(faultOf(withLines('', 'GET http://a\\b/ HTTP/1.1')), 'host-invalid');
});

test('one framing', () => {
  const cases: readonly (readonly [lines: string, bodyBytesOrFault: number | string])[] = [
    ['', 0],
    ['Content-Length: 0\r\n', 0],
    ['Content-Length: 007\r\n', 7],
    ['Content-Length: 1099511627776\r\n', 2 ** 40],
    ['Content-Length: 1099511627777\r\n', 'body-too-large'],
    ['Content-Length: 18446744073709551617\r\n', 'content-length-invalid'],
    ['Content-Length:\r\n', 'content-length-invalid'],
    ['Content-Length: +5\r\n', 'content-length-invalid'],
    ['Content-Length: 5, 5\r\n', 'content-length-invalid'],
    ['Content-Length: 0x5\r\n', 'content-length-invalid'],
    ['Content-Length: 5\r\nContent-Length: 5\r\n', 'content-length-invalid'],
    ['Content-Length: 5\r\ncontent-length: 6\r\n', 'content-length-invalid'],
    ['Transfer-Encoding: chunked\r\n', -1],
    ['transfer-ENCODING:CHUNKED \r\n', -1],
    ['Transfer-Encoding: chunked\t\r\n', 'transfer-coding-unsupported'],
    ['Transfer-Encoding: gzip, chunked\r\n', 'transfer-coding-unsupported'],
    ['Transfer-Encoding: chunked, chunked\r\n', 'transfer-coding-unsupported'],
    ['Transfer-Encoding: identity\r\n', 'transfer-coding-unsupported'],
    ['Transfer-Encoding:\r\n', 'transfer-coding-unsupported'],
    ['Transfer-Encoding: xchunked\r\n', 'transfer-coding-unsupported'],
    ['Transfer-Encoding: chunked\xa0\r\n', 'transfer-coding-unsupported'],
    ['Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', 'transfer-coding-unsupported'],
    ['Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n', 'transfer-coding-unsupported'],
    ['Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', 'framing-ambiguous'],
    ['Content-Length: 5\r\nTransfer-Encoding: gzip\r\n', 'framing-ambiguous'],
    ['Transfer-Encoding : chunked\r\n', 'field-name-invalid'],
    ['Transfer-Encoding\r\n : chunked\r\n', 'line-end-invalid'],
    ['X: y\r\n Transfer-Encoding: chunked\r\n', 'field-folded'],
    ['X: y\nTransfer-Encoding: chunked\r\n', 'line-end-invalid'],
    ['X: y\rTransfer-Encoding: chunked\r\n', 'line-end-invalid'],
    ['Transfer-Encoding: \x0bchunked\r\n', 'field-value-invalid'],
  ];
  for (const [lines, expected] of cases) {
    assert.equal(faultOf(withLines(lines)) ?? reader.bodyBytes, expected, JSON.stringify(lines));
  }
  assert.equal(faultOf('POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n'), 'framing-ambiguous');
});

test('whether the connection stays', () => {
  const cases: readonly (readonly [version: string, lines: string, isKeptAlive: boolean])[] = [
    ['1.1', '', true],
    ['1.0', '', false],
    ['1.1', 'Connection: Close\r\n', false],
    ['1.1', 'Connection: te, close\r\n', false],
    ['1.1', 'Connection: te\r\nConnection: close\r\n', false],
    ['1.1', 'Proxy-Connection: close\r\n', false],
    ['1.1', 'Connection: closed\r\n', true],
    ['1.0', 'Connection: Keep-Alive\r\n', true],
    ['1.0', 'Connection: close, keep-alive\r\n', false],
    ['1.0', 'Proxy-Connection: keep-alive\r\n', false],
  ];
  for (const [version, lines, isKeptAlive] of cases) {
    assert.equal(faultOf(withLines(lines, `GET / HTTP/${version}`)), undefined);
    assert.equal(reader.isKeptAlive, isKeptAlive, `${version} ${lines}`);
  }
});

test('100-continue is the only expectation, and none without a body', () => {
  assert.equal(faultOf(withLines('Expect: 100-Continue\r\nContent-Length: 1\r\n')) ?? reader.expectsContinue, true);
  assert.equal(
    faultOf(withLines('Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n')) ?? reader.expectsContinue,
    true,
  );
  assert.equal(faultOf(withLines('Expect: 100-continue\r\n')) ?? reader.expectsContinue, false);
  assert.equal(faultOf(withLines('Expect: 200-ok\r\n')), 'expectation-unknown');
  assert.equal(faultOf(withLines('Expect: 100-continue\r\nExpect: 100-continue\r\n')), 'expectation-unknown');
  assert.equal(faultOf(withLines('Expect: 200-ok\r\n', 'POST / HTTP/1.0')) ?? reader.expectsContinue, false);
});

test('an upgrade is a GET without a body that offers websocket and nothing else', () => {
  const offer = 'Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n';
  const cases: readonly (readonly [start: string, lines: string, upgrade: 'websocket' | null])[] = [
    ['GET / HTTP/1.1', offer, 'websocket'],
    ['POST / HTTP/1.1', offer, null],
    ['GET / HTTP/1.0', offer, null],
    ['GET / HTTP/1.1', `${offer}Content-Length: 1\r\n`, null],
    ['GET / HTTP/1.1', 'Upgrade: websocket\r\n', null],
    ['GET / HTTP/1.1', 'Connection: upgrade\r\nUpgrade: h2c\r\n', null],
    ['GET / HTTP/1.1', 'Connection: upgrade\r\nUpgrade: websocket, h2c\r\n', null],
    ['GET / HTTP/1.1', `${offer}Upgrade: websocket\r\n`, null],
  ];
  for (const [start, lines, upgrade] of cases) {
    assert.equal(faultOf(withLines(lines, start)), undefined);
    assert.equal(reader.upgrade, upgrade, `${start} ${lines}`);
  }
});

test('bounds: octets of a head, its lines', () => {
  const ended = withLines(`X: ${'y'.repeat(headLimits.headBytesMax)}\r\n`);
  assert.equal(faultOf(ended), 'head-too-large');
  const fits = headLimits.headBytesMax - withLines('X: \r\n').length;
  assert.equal(faultOf(withLines(`X: ${'y'.repeat(fits)}\r\n`)), undefined);
  assert.equal(faultOf(withLines(`X: ${'y'.repeat(fits + 1)}\r\n`)), 'head-too-large');
  assert.equal(faultOf(withLines('X: y\r\n'.repeat(headLimits.headersMax - 1))), undefined);
  assert.equal(faultOf(withLines('X: y\r\n'.repeat(headLimits.headersMax))), 'headers-too-many');
  const unended = Buffer.from(`GET /${'a'.repeat(headLimits.headBytesMax - 5)}`);
  assert.equal(reader.read(unended, 0, unended.length - 1), 0);
  assert.equal(reader.read(unended, 0, unended.length), -1);
  assert.equal(reader.fault, 'head-too-large');
});

test('nothing of one head is left for the next', () => {
  assert.equal(
    faultOf(withLines('Expect: 100-continue\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n')),
    undefined,
  );
  assert.equal(faultOf('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), undefined);
  const { bodyBytes, expectsContinue, isKeptAlive, upgrade } = reader;
  assert.deepEqual(
    { bodyBytes, expectsContinue, isKeptAlive, upgrade },
    { bodyBytes: 0, expectsContinue: false, isKeptAlive: true, upgrade: null },
  );
});
