import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readH2load } from './h2load.ts';
import { luaScript } from './load.ts';
import { readWrk } from './wrk.ts';

it('the script holds each request as it is on the wire', () => {
  const lua = luaScript(['GET / HTTP/1.1\r\nA: "b\\c"\r\n\r\n'], 0);
  assert.ok(lua.includes(String.raw`"GET / HTTP/1.1\r\nA: \"b\\c\"\r\n\r\n",`));
});

it('wrk: requests are counted, and one that failed makes the round invalid', () => {
  assert.equal(readWrk('  51234 requests in 5.00s, 12.00MB read\n'), 51_234);
  assert.throws(() => readWrk('  9 requests in 5.00s\n  Non-2xx or 3xx responses: 3\n'), /Non-2xx or 3xx responses: 3/);
  assert.throws(
    () => readWrk('  9 requests in 5.00s\n  Socket errors: connect 0, read 2, write 0, timeout 0\n'),
    /Socket errors: connect 0, read 2/,
  );
  assert.throws(() => readWrk('unable to connect\n'), /no request/);
});

it('h2load: requests are counted, and one that failed makes the round invalid', () => {
  const said = (failed: number, bad: number) => `
requests: 900 total, 928 started, 900 done, 900 succeeded, ${failed} failed, 0 errored, 0 timeout
status codes: 900 2xx, 0 3xx, 0 4xx, ${bad} 5xx
`;
  assert.equal(readH2load(said(0, 0)), 900);
  assert.throws(() => readH2load(said(1, 0)), /1 failed/);
  assert.throws(() => readH2load(said(0, 2)), /2 5xx/);
  assert.throws(() => readH2load('h2load: cannot'), /nothing that can be read/);
});
