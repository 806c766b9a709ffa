import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCombinedLine } from './combinedLine.ts';

const good =
  '192.0.2.7 - frank [17/May/2015:10:05:03 +0200] "GET /a?b=1 HTTP/1.1" 200 2326 "http://a.example/x" "Mozilla/5.0 (X)"';

test('a combined line gives what it tells, in UTC', () => {
  const line = parseCombinedLine(good);
  assert.deepEqual(line, {
    ok: true,
    value: {
      atMs: Date.UTC(2015, 4, 17, 8, 5, 3),
      clientAddress: '192.0.2.7',
      method: 'GET',
      target: '/a?b=1',
      version: '1.1',
      status: 200,
      referer: 'http://a.example/x',
      userAgent: 'Mozilla/5.0 (X)',
    },
  });
});

test('what the log writes as - is absent, and escaped quotes belong to the field', () => {
  const line = parseCombinedLine(
    String.raw`2001:db8::1 - - [01/Jan/2026:00:00:00 -0130] "POST / HTTP/2.0" 304 - "-" "a \"quoted\" one\\"`,
  );
  assert.ok(line.ok);
  const { atMs, referer, userAgent, version } = line.value;
  assert.deepEqual([referer, userAgent, version], [null, String.raw`a "quoted" one\ `.trim(), '2']);
  assert.equal(atMs, Date.UTC(2026, 0, 1, 1, 30));
});

test('whatever is not exactly such a line is left out, with the reason', () => {
  const faults: readonly (readonly [string, string])[] = [
    ['', 'not-combined'],
    [good.slice(0, -1), 'not-combined'],
    [`${good} 0.003`, 'not-combined'],
    [good.replace(' "Mozilla/5.0 (X)"', ''), 'not-combined'],
    [good.replace('192.0.2.7', 'host.example'), 'bad-address'],
    [good.replace('17/May', '31/Jun'), 'bad-time'],
    [good.replace('10:05', '24:05'), 'bad-time'],
    [good.replace('GET /a?b=1 HTTP/1.1', '-'), 'bad-request'],
    [good.replace('GET /a?b=1 HTTP/1.1', String.raw`\x16\x03\x01`), 'bad-request'],
    [good.replace('Mozilla', 'M'.repeat(20_000)), 'too-long'],
  ];
  for (const [line, reason] of faults) {
    assert.deepEqual(parseCombinedLine(line), { ok: false, error: reason }, line.slice(0, 120));
  }
});

test('a line made to be slow is read in linear time', () => {
  const startedMs = performance.now();
  for (const filler of ['\\', '"', '[', ' ', 'a\\"', '] "']) {
    parseCombinedLine(`1.2.3.4 - - [${filler.repeat(16_000 / filler.length)}`);
    parseCombinedLine(`1.2.3.4 - ${filler.repeat(16_000 / filler.length)}`);
    parseCombinedLine(`${good.slice(0, -1)}${filler.repeat(15_000 / filler.length)}`);
  }
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs < 500, `${tookMs} ms`);
});
