import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerNameFault } from '../bundles/index.ts';
import type { HeaderEdits } from '../contract/sitesFile.ts';
import { seededRandom } from '../kernel/random.ts';
import { compileHeaderEdits } from './headerEdits.ts';

const lines = ['Accept', 'a', 'x-site', 'old', 'Cookie', 'c=1', 'X-SITE', 'older', 'Vary', 'Accept'];

test('set takes the place of all lines of a name, add comes beside them, remove leaves none', () => {
  const edit = compileHeaderEdits({
    set: [{ name: 'X-Site', value: 'new' }],
    add: [{ name: 'vary', value: 'Cookie' }],
    remove: ['COOKIE', 'X-None'],
  })!;
  assert.deepEqual(edit(lines), ['Accept', 'a', 'Vary', 'Accept', 'X-Site', 'new', 'vary', 'Cookie']);
  assert.equal(lines.length, 10);
});

test('nothing to do is said at once, and adding alone copies', () => {
  assert.equal(compileHeaderEdits({}), undefined);
  assert.equal(compileHeaderEdits({ set: [], add: [], remove: [] }), undefined);
  const edit = compileHeaderEdits({ add: [{ name: 'A', value: 'b' }] })!;
  assert.deepEqual(edit(['C', 'd']), ['C', 'd', 'A', 'b']);
});

test('any edits of any lines: what is neither set nor removed keeps its order, the rest is as the edits say', () => {
  const random = seededRandom(5);
  const names = ['A', 'a', 'B', 'bb', 'BB', 'C-c', 'Set-Cookie', 'set-cookie'];
  const name = () => names[Math.floor(random.next() * names.length)]!;
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  for (let round = 0; round < 2_000; round++) {
    const before = Array.from({ length: Math.floor(random.next() * 8) }, (_, index) => [name(), `${index}`] as const);
    const distinct = [...new Map(names.map((each) => [each.toLowerCase(), each])).values()].sort(
      () => random.next() - 0.5,
    );
    const edits: HeaderEdits = {
      set: distinct.slice(0, 1).map((each) => ({ name: each, value: 's' })),
      add: distinct.slice(1, 2).map((each) => ({ name: each, value: 'a' })),
      remove: distinct.slice(2, 3),
    };
    const after = compileHeaderEdits(edits)!(before.flat());
    const kept = before.filter(([each]) => ![edits.set![0]!.name, edits.remove![0]!].some((gone) => same(gone, each)));
    assert.deepEqual(after, [...kept.flat(), edits.set![0]!.name, 's', edits.add![0]!.name, 'a'], `round ${round}`);
  }
});

test('what frames a message, names its site or is the edge’s word cannot be edited, however it is spelt', () => {
  for (const name of [
    ...['Host', 'HOST', 'Content-Length', 'content_length', 'Transfer-Encoding', 'transfer_encoding', 'Connection'],
    ...['Upgrade', 'TE', 'Trailer', 'Keep-Alive', 'Proxy-Connection', 'Expect', 'Via', 'HTTP2-Settings'],
    ...['Holdfast-Bot-Score', 'holdfast_bot_score', 'Holdfast-Error', 'Holdfast-Anything', 'A B', 'A:', '', 'A\r\nB'],
  ]) {
    assert.notEqual(headerNameFault(name), undefined, name);
  }
  for (const name of ['X-Forwarded-Proto', 'Set-Cookie', 'Server', 'Holdfastness', '__proto__']) {
    assert.equal(headerNameFault(name), undefined, name);
  }
});
