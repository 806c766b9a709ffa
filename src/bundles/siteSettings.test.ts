import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Site } from '../contract/kinds/sitesFile.ts';
import { settingsOf } from './siteSettings.ts';
import { validatePayload } from './validate.ts';

const old: Site = { name: 'shop', hosts: ['shop.example'], origin: 'http://127.0.0.1:3000', rules: [] };

function reasonsOf(more: object): readonly string[] {
  const file = { schema: 1, sites: [{ ...old, ...more }] };
  const content = validatePayload('sites', Buffer.from(JSON.stringify(file)), {});
  return content.ok ? [] : [...new Set(content.error.map(({ reason }) => reason))];
}

test('a bundle of the first days is read as it was, and means what it meant', () => {
  assert.deepEqual(reasonsOf({}), []);
  const settings = settingsOf(old)!;
  assert.deepEqual(settings.origins, [
    { url: 'http://127.0.0.1:3000', address: { host: '127.0.0.1', port: 3000, isTls: false }, weight: 1 },
  ]);
  assert.deepEqual(settings.upstream, {
    connectTimeoutMs: 5_000,
    answerTimeoutMs: 60_000,
    bodyIdleTimeoutMs: 60_000,
    keepAliveMs: 4_000,
    requestsMax: 4_096,
    tls: { verify: true, serverName: undefined, ca: undefined, certificate: undefined, keyPath: undefined },
    health: undefined,
    outlier: { isEnabled: true, failures: 5, ejectMs: 10_000, ejectMsMax: 300_000 },
    retries: { max: 1 },
  });
  assert.deepEqual(settings.limits, { bodyBytesMax: 2 ** 40, headBytesMax: 65_536 });
  assert.deepEqual([settings.requestHeaders, settings.responseHeaders], [{}, {}]);
  assert.deepEqual([settings.redirects, settings.errorPages], [[], []]);
});

test('what is said wins over what is unsaid, part by part', () => {
  const settings = settingsOf({
    ...old,
    upstream: { keepAliveMs: 0, health: { path: '/h', intervalMs: 100 }, outlier: { enabled: false } },
    redirects: [{ from: '/a', to: '/b' }],
  })!;
  assert.equal(settings.upstream.keepAliveMs, 0);
  assert.equal(settings.upstream.answerTimeoutMs, 60_000);
  assert.deepEqual(settings.upstream.health, {
    path: '/h',
    host: undefined,
    intervalMs: 100,
    timeoutMs: 2_000,
    unhealthyAfter: 3,
    healthyAfter: 2,
  });
  assert.equal(settings.upstream.outlier.isEnabled, false);
  assert.deepEqual(settings.redirects, [{ from: '/a', to: '/b', status: 302 }]);
});

test('an origin that is none has no settings, whoever asks', () => {
  assert.equal(settingsOf({ ...old, origin: 'ftp://a:1' }), undefined);
  assert.equal(settingsOf({ name: 'a', hosts: ['a'], rules: [] }), undefined);
});

for (const [more, reason] of [
  [{ origins: [{ url: 'http://a:1' }] }, 'schema-invalid'],
  [{ origin: undefined }, 'schema-invalid'],
  [{ origin: undefined, origins: [{ url: 'http://a:1' }, { url: 'http://a:1' }] }, 'origin-invalid'],
  [{ upstream: { keepAliveMs: -1 } }, 'upstream-invalid'],
  [{ upstream: { tls: { keyPath: '/etc/key' } } }, 'upstream-tls-invalid'],
  [{ upstream: { tls: { verify: 0 } } }, 'upstream-tls-invalid'],
  [{ limits: { headBytesMax: 1 } }, 'limit-invalid'],
  [{ requestHeaders: { set: [{ name: 'Host', value: 'a' }] } }, 'header-edit-invalid'],
  [{ responseHeaders: { add: [{ name: 'A', value: 'b\r\nc: d' }] } }, 'header-edit-invalid'],
  [{ requestHeaders: { set: [{ name: 'A', value: '' }], remove: ['a'] } }, 'header-edit-invalid'],
  [{ redirects: [{ from: '/a', to: '//evil.example' }] }, 'redirect-invalid'],
  [
    {
      redirects: [
        { from: '/a', to: '/b' },
        { from: '/b', to: '/a' },
      ],
    },
    'redirect-invalid',
  ],
  [{ errorPages: [{ status: 200, body: 'fine' }] }, 'error-page-invalid'],
] as const) {
  test(`${JSON.stringify(more)} is refused: ${reason}`, () => assert.deepEqual(reasonsOf(more), [reason]));
}
