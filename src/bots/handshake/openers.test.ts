import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownHttp2, knownTls, newestSeen } from './known.ts';
import { http2Facts, tlsFacts } from './openers.ts';

test('the table is whole: hashes of JA4, versions in order, no handshake of a browser that is a tool’s too', () => {
  const keys = new Map<string, boolean>();
  for (const { who, from, to, version, suites, extensions } of knownTls) {
    assert.ok(from >= 0 && from <= to && to <= 9_999, who);
    const isBrowser = who in newestSeen;
    for (const hash of [suites, ...extensions]) assert.match(hash, /^[0-9a-f]{12}$/);
    for (const hash of extensions) {
      const key = `${version}_${suites}_${hash}`;
      assert.equal(keys.get(key) ?? isBrowser, isBrowser, key);
      keys.set(key, isBrowser);
    }
  }
  for (const engine of Object.keys(newestSeen)) {
    assert.ok(knownTls.some(({ who, to }) => who === engine && to === 9_999));
    assert.ok(knownHttp2.some(({ who, to }) => who === engine && to === 9_999));
  }
  assert.equal(new Set(knownHttp2.map(({ opening }) => opening)).size, knownHttp2.length);
});

test('what two tools share is both’s; what one version shares with the next is from the one to the other', () => {
  assert.deepEqual(tlsFacts('t13d1516h1_8daaf6152771_0a20fe35d3a5'), {
    ...{ engine: 'chromium', from: 119, to: 155, tool: null },
    ...{ isWhole: true, suites: 15, extensions: 15, alpn: 'h1' },
  });
  assert.equal(tlsFacts('t13i3111h1_e8f1e7e78f70_b26ce05bbdd6').tool, 'curl, php');
  assert.equal(tlsFacts('t13i190900_9dc949149365_000000000000').tool, 'go');
  // TLS 1.2 with the cipher suites of a browser's TLS 1.3 is nobody's.
  assert.equal(tlsFacts('t12d1516h2_8daaf6152771_e5627efa2ab1').engine, 'none');
});

test('any text gives facts', () => {
  for (const text of ['', 't', '_', 't13d1516h2_', '\u0000'.repeat(5_000), '__proto__']) {
    assert.equal(tlsFacts(text).engine, 'none');
    assert.equal(http2Facts(text).engine, 'none');
  }
});
