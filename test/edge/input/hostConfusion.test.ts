import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  blockRule,
  exchangeBytes,
  parseAnswer,
  site,
  startEdge,
  startOrigin,
  type TestEdge,
  Undo,
} from '../harness.ts';

/*
 * Two sites with one origin behind them, as a catch-all in front of the same server is. Whatever spelling a visitor
 * finds, the origin must never be told a host whose rules were not asked.
 */

const undo = new Undo();
let edge: TestEdge;

before(async () => {
  const { url } = await startOrigin(undo, (request, response) => {
    request.resume();
    response.end(JSON.stringify([request.headers.host, request.headers['x-forwarded-host']]));
  });
  const guarded = site(url, [blockRule('request.path == "/admin"')], ['shop.example']);
  edge = await startEdge(undo, { set: { versions: {}, sites: { schema: 1, sites: [guarded, site(url)] } } });
});
after(() => undo.run());

/** Request target, Host lines, and what must come of it: the host that the origin is told, or a status. */
const spellings: readonly [target: string, host: string | null, expected: string | number][] = [
  ['/admin', 'shop.example', 403],
  ['/admin', 'SHOP.example:80', 403],
  ['/admin', 'shop.example.', 403],
  ['http://shop.example/admin', 'shop.example', 403],
  ['http://SHOP.example:8080/admin', 'shop.example', 403],
  ['HTTP://shop.example/admin', 'shop.example:80', 403],
  ['http://shop.example/admin', null, 403],
  ['http://:80/admin', 'shop.example', 400],
  ['http://:80/admin', ':80', 400],
  ['http://:/admin', 'shop.example', 400],
  ['http:///admin', 'shop.example', 400],
  ['http://:80/admin', null, 400],
  ['http://s/admin', 'shop.example', 400],
  ['http://shop/admin', 'shop.example', 400],
  ['http://shop.exampl:80/admin', 'shop.example', 400],
  ['http://shop.example/admin', 's', 400],
  ['http://shop.example/admin', 'shop.example.other', 400],
  ['http://other.example/admin', '', 400],
  ['http://shop.example@other/admin', 'shop.example', 400],
  ['http://[::1]/admin', '[::1', 400],
  ['/admin', 's', 's'],
  ['/admin', 'other.example:81', 'other.example:81'],
  ['http://other.example/admin', 'other.example', 'other.example'],
  ['http://Other.example:81/admin', 'other.example:81', 'other.example:81'],
  ['http://other.example/admin', null, 'other.example'],
];

for (const [target, host, expected] of spellings) {
  test(`${target} with ${host === null ? 'no Host' : `Host "${host}"`}: ${expected}`, async () => {
    const version = host === null ? '1.0' : '1.1';
    const hostLine = host === null ? '' : `Host: ${host}\r\n`;
    const bytes = `GET ${target} HTTP/${version}\r\n${hostLine}Connection: close\r\n\r\n`;
    const { status, body } = parseAnswer(await exchangeBytes(edge.port, bytes));
    if (typeof expected === 'number') assert.equal(status, expected, body);
    else assert.deepEqual([status, JSON.parse(body)], [200, [expected, expected]]);
  });
}
