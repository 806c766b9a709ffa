import assert from 'node:assert/strict';
import { it } from 'node:test';
import { headText, makeHeads } from './heads.ts';

const heads = makeHeads(5_000, 500);

it('5,000 heads are 5,000 different ones from 500 clients with many browsers', () => {
  const valuesOf = (name: string) => new Set(heads.map(({ headers }) => headers[headers.indexOf(name) + 1]));
  assert.equal(new Set(heads.map((head) => headText(head, 'GET', 0))).size, 5_000);
  assert.equal(valuesOf('X-Forwarded-For').size, 500);
  assert.ok(valuesOf('User-Agent').size > 50);
});

it('the same seed makes the same heads, another one others', () => {
  assert.deepEqual(makeHeads(50, 5, 3), makeHeads(50, 5, 3));
  assert.notDeepEqual(makeHeads(50, 5, 3), makeHeads(50, 5, 4));
});

it('a head says its target, its host and the length of the body that follows', () => {
  const text = headText(heads[0]!, 'POST', 10_240);
  assert.match(text, /^POST \/\S+ HTTP\/1\.1\r\nHost: shop\.example\r\n/);
  assert.match(text, /\r\nContent-Length: 10240\r\n\r\n$/);
});
