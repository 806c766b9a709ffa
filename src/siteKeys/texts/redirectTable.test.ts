import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Redirect } from '../../contract/kinds/sitesFile.ts';
import { seededRandom } from '../../kernel/random.ts';
import { RedirectTable, redirectFault } from './redirectTable.ts';

function table(redirects: readonly Redirect[]): RedirectTable {
  for (const { from, to } of redirects) assert.equal(redirectFault(from, to), undefined, `${from} ${to}`);
  return new RedirectTable(redirects.map(({ status = 302, ...redirect }) => ({ ...redirect, status })));
}

const some = table([
  { from: '/old', to: '/new', status: 301 },
  { from: '/blog/*', to: 'https://blog.example/*' },
  { from: '/blog/feed*', to: '/feed.xml' },
  { from: '/blog/feed', to: '/exact' },
  { from: '/up/*', to: '/*' },
  { from: '/find', to: '/search?in=all' },
]);

for (const [path, query, location] of [
  ['/old', '', '/new'],
  ['/old', 'a=b&c', '/new?a=b&c'],
  ['/old/', '', undefined],
  ['/OLD', '', undefined],
  ['/blog/2025/a%20b', 'x', 'https://blog.example/2025/a%20b?x'],
  ['/blog/', '', 'https://blog.example/'],
  ['/blog', '', undefined],
  ['/blog/feeds', '', '/feed.xml'],
  ['/blog/feed', '', '/exact'],
  ['/up/a', '', '/a'],
  ['/up/', '', '/'],
  ['/find', 'q=1', '/search?in=all'],
  // Nobody but the operator says to which host it goes.
  ['/up//evil.example/x', '', '/evil.example/x'],
  ['/up///evil.example', '', '/evil.example'],
  ['/up/\\evil.example', '', '/%5Cevil.example'],
  ['/blog/@evil.example', '', 'https://blog.example/@evil.example'],
  ['/blog/"<>\u00e9\u0000', '', 'https://blog.example/%22%3C%3E%E9%00'],
  ['/old', 'a"\r\nb#c', '/new?a%22%0D%0Ab%23c'],
] as const) {
  test(`${JSON.stringify(path)} with ${JSON.stringify(query)} leads to ${location ?? 'nowhere'}`, () => {
    assert.equal(some.find(path, query)?.location, location);
  });
}

test('the status is the redirect’s', () => {
  assert.equal(some.find('/old', '')?.status, 301);
  assert.equal(some.find('/up/', '')?.status, 302);
  assert.ok(new RedirectTable([]).isEmpty);
  assert.ok(!some.isEmpty);
});

test('whatever is asked: the location is visible ASCII and stays on the host that the redirect names', () => {
  const random = seededRandom(9);
  const pieces = [
    '/',
    '//',
    '\\',
    '@',
    ':',
    '%2f',
    '..',
    'evil.example',
    '#',
    '?',
    '\r\n',
    '\t',
    ' ',
    '"',
    'é',
    '\u0000',
    'a',
  ];
  const text = () =>
    Array.from({ length: Math.floor(random.next() * 6) }, () => pieces[Math.floor(random.next() * pieces.length)]).join(
      '',
    );
  for (let round = 0; round < 20_000; round++) {
    const [prefix, host] = (
      [
        ['/up/', 'self.example'],
        ['/blog/', 'blog.example'],
      ] as const
    )[round % 2]!;
    const path = `${prefix}${text()}`;
    const location = some.find(path, text())?.location ?? '';
    const told = `round ${round}: ${JSON.stringify(path)} → ${JSON.stringify(location)}`;
    assert.match(location, /^[!-~]+$/, told);
    assert.equal(
      new URL(location, 'https://self.example/').host,
      host === 'blog.example' && path.startsWith('/blog/feed') ? 'self.example' : host,
      told,
    );
  }
});

for (const [from, to] of [
  ['old', '/new'],
  ['/a*b', '/new'],
  ['/a?b', '/new'],
  ['/a', '//evil.example'],
  ['/a', '/b*'],
  ['/a*', 'https://shop.example*'],
  ['/a*', 'https://shop.example.*'],
  ['/a', 'https://user@shop.example/'],
  ['/a', 'https://256.0.0.1/'],
  ['/a', 'https://shop.example:65536/'],
  ['/a*', '/b?c=*'],
  ['/a', 'javascript:alert(1)'],
  ['/a', '/b\r\nSet-Cookie: c=d'],
  ['/a', '/\\evil.example'],
  ['/a', `/${'a'.repeat(2_048)}`],
] as const) {
  test(`${JSON.stringify(from)} to ${JSON.stringify(to.slice(0, 40))} is refused`, () => {
    assert.notEqual(redirectFault(from, to), undefined);
  });
}

test('round and round is found, a chain of ten is not one of eleven, and going down ends', () => {
  const loop = (...pairs: readonly (readonly [string, string])[]) =>
    RedirectTable.loop(pairs.map(([from, to]) => ({ from, to, status: 302 })));
  const chain = (length: number) => Array.from({ length }, (_, index) => [`/${index}`, `/${index + 1}`] as const);
  assert.equal(loop(['/a', '/b'], ['/b', '/c']), undefined);
  assert.equal(loop(['/x', '/a'], ['/a', '/b'], ['/b', '/a']), '/x');
  assert.equal(loop(['/a', '/a']), '/a');
  assert.equal(loop(['/app/*', '/app/v2/*']), '/app/*');
  assert.equal(loop(['/*', '/index']), '/*');
  assert.equal(loop(['/*', 'https://other.example/*']), undefined);
  assert.equal(loop(['/a*', '/*']), undefined);
  assert.equal(loop(...chain(10)), undefined);
  assert.equal(loop(...chain(11)), '/0');
});

test('200 redirects at the limit of their chains are looked through in time', () => {
  const redirects = Array.from({ length: 200 }, (_, index) => ({
    from: `/${'a'.repeat(index)}/*`,
    to: `/${'a'.repeat((index + 1) % 200)}/*`,
    status: 302 as const,
  }));
  const startMs = performance.now();
  assert.equal(RedirectTable.loop(redirects), '//*');
  for (let round = 0; round < 100; round++) RedirectTable.loop(redirects.slice(0, 10));
  assert.ok(performance.now() - startMs < 1_000);
});
