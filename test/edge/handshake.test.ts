import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { get } from 'node:https';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Handshake } from '../../src/http/index.ts';
import { certificateFolder, makeCertificate } from './certificateFiles.ts';
import { exchangeBytes, site, startEdge, startOrigin, type TestEdge, Undo } from './harness.ts';

/* What a head tells the modules of its connection: seen here in the samples that a worker sends. */

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

async function start(trustedProxies: readonly string[]): Promise<TestEdge> {
  const { url } = await startOrigin(undo);
  const certificates = [makeCertificate(certificateFolder(undo), 'shop', ['shop.example'])];
  return startEdge(undo, {
    set: { versions: {}, sites: { schema: 1, sites: [site(url)] } },
    listeners: [{ tls: { certificates, http2: true } }, {}],
    trustedProxies,
  });
}

function visitHttp1(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/one', rejectUnauthorized: false, agent: false }, (response) => {
      response.resume().on('end', resolve);
    }).on('error', reject);
  });
}

function visitHttp2(
  port: number,
  path: string,
  client = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false }),
) {
  undo.add(() => client.destroy());
  return new Promise<typeof client>((resolve, reject) => {
    const stream = client.request({ ':path': path });
    stream.on('error', reject).on('end', () => resolve(client));
    stream.resume();
    client.on('error', reject);
  });
}

/** Path → handshake, of as many requests as were sent. */
async function handshakes(edge: TestEdge, count: number): Promise<Record<string, Handshake | null | undefined>> {
  const untilMs = performance.now() + 10_000;
  for (;;) {
    const heads = edge.sent.flatMap((message) => (message.type === 'sample' ? message.heads : []));
    if (heads.length >= count) return Object.fromEntries(heads.map(({ target, handshake }) => [target, handshake]));
    assert.ok(performance.now() < untilMs, `${heads.length} of ${count} heads were sampled`);
    await sleep(20);
  }
}

test('a head carries JA4 over TLS, the opening of HTTP/2 too, and nothing in the clear', async () => {
  const edge = await start([]);
  await visitHttp1(edge.ports[0]!);
  const client = await visitHttp2(edge.ports[0]!, '/two');
  await visitHttp2(edge.ports[0]!, '/three', client);
  await exchangeBytes(edge.ports[1]!, 'GET /plain HTTP/1.1\r\nHost: a\r\n\r\n', { until: /hello/ });
  const seen = await handshakes(edge, 4);
  assert.match(seen['/one']?.ja4 ?? '', /^t13i\d{4}(?:h1|00)_[0-9a-f]{12}_[0-9a-f]{12}$/);
  assert.equal(seen['/one']?.http2, null);
  assert.match(seen['/two']?.ja4 ?? '', /^t13i\d{4}h2_/);
  assert.match(seen['/two']?.http2 ?? '', /^\S*\|\d+\|0\|[mpas,]{7}$/);
  assert.deepEqual(seen['/three'], seen['/two']);
  assert.equal(seen['/plain'], null);
});

test('behind a trusted proxy the handshake is the proxy’s, so there is none', async () => {
  const edge = await start(['127.0.0.1/32']);
  await visitHttp1(edge.ports[0]!);
  await visitHttp2(edge.ports[0]!, '/two');
  assert.deepEqual(await handshakes(edge, 2), { '/one': null, '/two': null });
});
