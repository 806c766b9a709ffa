import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headLimits } from './fields/limits.ts';
import { parseRequestHead } from './parseRequestHead.ts';

function parse(text: string) {
  return parseRequestHead(Buffer.from(text, 'latin1'));
}

function value(text: string) {
  const parsed = parse(text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.error);
  return parsed.value;
}

test('a head gives its parts, names as sent and values trimmed', () => {
  const head = value(
    'POST /a/b?x=1?y HTTP/1.1\r\nHost: Shop.Example:8080\r\nX-Two:\t b \r\nx-two: c\r\n\r\nbody: not read',
  );
  assert.equal(head.method, 'POST');
  assert.equal(head.target, '/a/b?x=1?y');
  assert.equal(head.path, '/a/b');
  assert.equal(head.query, 'x=1?y');
  assert.equal(head.version, '1.1');
  assert.equal(head.host, 'shop.example');
  assert.deepEqual(head.rawHeaders, ['Host', 'Shop.Example:8080', 'X-Two', 'b', 'x-two', 'c']);
  assert.equal(head.headers['x-two'], 'b, c');
});

test('lines may end in LF, and the empty line may be missing, because people save heads by hand', () => {
  const head = value('GET / HTTP/1.1\nHost: a\nUser-Agent: x');
  assert.equal(head.host, 'a');
  assert.equal(head.headers['user-agent'], 'x');
});

test('absolute form names the host', () => {
  const head = value('GET http://Other.example:81?q=1 HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal(head.target, '/?q=1');
  assert.equal(head.path, '/');
  assert.equal(head.host, 'other.example');
});

test('HTTP/1.0 and HTTP/2 are told apart; OPTIONS may ask for everything', () => {
  assert.equal(value('GET / HTTP/1.0\n\n').version, '1.0');
  assert.equal(value('GET / HTTP/2\nhost: a\n\n').version, '2');
  assert.equal(value('OPTIONS * HTTP/1.1\nHost: a\n\n').target, '*');
});

test('what is refused says where', () => {
  const cases: [string, RegExp][] = [
    ['', /empty/],
    ['\r\n', /empty/],
    ['GET /\r\n\r\n', /line 1 is not a request line/],
    ['GET  / HTTP/1.1\r\n\r\n', /line 1 is not a request line/],
    ['GET / HTTP/1.1 \r\n\r\n', /line 1 is not a request line/],
    ['G(T / HTTP/1.1\r\n\r\n', /method is not a token/],
    [`${'A'.repeat(33)} / HTTP/1.1\r\n\r\n`, /method is not a token/],
    ['GET / HTTP/1.2\r\n\r\n', /version/],
    ['GET / http/1.1\r\n\r\n', /version/],
    ['GET example.com HTTP/1.1\r\n\r\n', /must start with/],
    ['GET * HTTP/1.1\r\n\r\n', /must start with/],
    ['GET /\x01 HTTP/1.1\r\n\r\n', /line 1: the target has a control/],
    ['GET / HTTP/1.1\r\nHost : a\r\n\r\n', /line 2: the header name is not a token/],
    ['GET / HTTP/1.1\r\n: a\r\n\r\n', /line 2: the header name is not a token/],
    ['GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n', /line 3: folded/],
    ['GET / HTTP/1.1\r\nnothing\r\n\r\n', /line 2: a header line needs a colon/],
    ['GET / HTTP/1.1\r\nA: b\x00c\r\n\r\n', /line 2: the value of A has a control/],
    ['GET / HTTP/1.1\r\nA: b\rc\r\n\r\n', /line 2: the value of A has a control/],
    ['GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n', /2 Host headers/],
    [`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(headLimits.headersMax + 1)}\r\n`, /header lines/],
    [`GET / HTTP/1.1\r\nA: ${'b'.repeat(headLimits.headBytesMax)}\r\n\r\n`, /no end within/],
  ];
  for (const [text, message] of cases) {
    const parsed = parse(text);
    assert.ok(!parsed.ok, `accepted: ${JSON.stringify(text.slice(0, 60))}`);
    assert.match(parsed.error, message);
  }
});

test('a head at its bounds is read', () => {
  const head = value(`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(headLimits.headersMax)}\r\n`);
  assert.equal(head.rawHeaders.length, 2 * headLimits.headersMax);
});

test('long runs of blanks cost linear time', () => {
  const before = process.cpuUsage();
  value(`GET / HTTP/1.1\r\nA: ${' '.repeat(60_000)}b${' '.repeat(2_000)}\r\n\r\n`);
  assert.ok(process.cpuUsage(before).user < 500_000);
});
