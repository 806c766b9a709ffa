import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect, createServer, type TlsOptions } from 'node:tls';
import type { UpstreamTls } from '../../contract/kinds/sitesFile.ts';
import { seededRandom } from '../../kernel/random.ts';
import { MadeUpClock } from '../../kernel/testing/madeUpClock.ts';
import { OriginGroup } from './originGroup.ts';
import { OriginTlsContexts, type TlsEndpoint } from './originTlsContexts.ts';
import { selfSigned } from './testing/certificates.ts';
import { siteOf } from './testing/groupFixture.ts';
import { upstreamLimits } from './upstreamLimits.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-origin-tls-'));
after(() => rmSync(folder, { recursive: true }));
const origin = selfSigned(folder, 'origin', 'DNS:app.internal,IP:127.0.0.1');
const client = selfSigned(folder, 'client', 'DNS:edge.internal');
const other = selfSigned(folder, 'other', 'DNS:app.internal,IP:127.0.0.1');

function endpointOf(url: string, tls: UpstreamTls): TlsEndpoint {
  const site = siteOf([], { origins: [{ url }], upstream: { tls } });
  return new OriginGroup(site, new MadeUpClock(), seededRandom(1)).pick() as TlsEndpoint;
}

/** What a connection to an origin comes to: what the origin saw of it, or the error's code. */
async function connection(url: (port: number) => string, tls: UpstreamTls, served: TlsOptions = {}): Promise<string> {
  const server = createServer({ cert: origin.certificate, key: origin.key, ...served }, (socket) => {
    const { CN = 'nobody' } = socket.getPeerCertificate().subject ?? {};
    socket.end(`${socket.servername || 'no name'}, ${socket.alpnProtocol}, ${CN}`);
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const endpoint = endpointOf(url(port), tls);
  const options = new OriginTlsContexts(new MadeUpClock()).optionsFor(endpoint);
  assert.ok(options.ok, options.ok ? '' : options.error);
  // As a pool does it: the name is resolved elsewhere.
  const socket = connect({ host: '127.0.0.1', port: endpoint.port, ...options.value });
  try {
    return Buffer.concat(await socket.toArray()).toString();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    server.close();
  }
}

const named = (port: number) => `https://app.internal:${port}`;
const byAddress = (port: number) => `https://127.0.0.1:${port}`;

for (const [what, url, tls, expected] of [
  ['an origin of a trusted root', named, { ca: origin.certificate }, 'app.internal, false, nobody'],
  ['an origin by its address', byAddress, { ca: origin.certificate }, 'no name, false, nobody'],
  ['an unknown root', named, {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['another root', named, { ca: other.certificate }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [
    'another name',
    (port: number) => `https://db.internal:${port}`,
    { ca: origin.certificate },
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],
  [
    'a name that is said',
    byAddress,
    { ca: origin.certificate, serverName: 'app.internal' },
    'app.internal, false, nobody',
  ],
  [
    'a wrong name that is said',
    byAddress,
    { ca: origin.certificate, serverName: 'a.b' },
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],
  ['no verification', (port: number) => `https://db.internal:${port}`, { verify: false }, 'db.internal, false, nobody'],
] as const) {
  test(`${what}: ${expected}`, async () => {
    assert.equal(await connection(url, tls), expected);
  });
}

test('the edge shows its certificate with the key from its own disk, and asks for HTTP/1.1', async () => {
  const tls = { ca: origin.certificate, certificate: client.certificate, keyPath: client.keyPath };
  const served = {
    requestCert: true,
    rejectUnauthorized: true,
    ca: client.certificate,
    ALPNProtocols: ['h2', 'http/1.1'],
  };
  assert.equal(await connection(named, tls, served), 'app.internal, http/1.1, client');
  assert.match(await connection(named, { ca: origin.certificate }, served), /^ERR_SSL_/);
});

test('a key that is not there, is none or belongs to another certificate is an answer, and is tried again later', () => {
  const clock = new MadeUpClock();
  const contexts = new OriginTlsContexts(clock);
  const keyPath = join(folder, 'later.key');
  const endpoint = endpointOf('https://app.internal:443', { certificate: client.certificate, keyPath });
  const tried = () => {
    const made = contexts.optionsFor(endpoint);
    return made.ok ? 'made' : made.error;
  };
  assert.match(tried(), /ENOENT/);
  for (const [content, expected] of [
    ['no key', /PEM|DECODER|unsupported/i],
    [other.key, /mismatch/],
    ['x'.repeat(upstreamLimits.keyFileBytesMax + 1), /is no key/],
  ] as const) {
    writeFileSync(keyPath, content);
    clock.nowMs += upstreamLimits.keyRetryMs;
    assert.match(tried(), expected);
  }
  writeFileSync(keyPath, client.key);
  assert.match(tried(), /is no key/);
  clock.nowMs += upstreamLimits.keyRetryMs;
  assert.equal(tried(), 'made');
  rmSync(keyPath);
  clock.nowMs += 1e9;
  assert.equal(tried(), 'made');
});

test('what is held has a bound, and endpoints that trust the public roots share them', () => {
  const contexts = new OriginTlsContexts(new MadeUpClock());
  const made = Array.from({ length: upstreamLimits.tlsContextsMax + 5 }, (_, index) => {
    const options = contexts.optionsFor(endpointOf(`https://app${index}.internal:443`, {}));
    return options.ok ? options.value.secureContext : undefined;
  });
  assert.equal(new Set(made).size, 1);
});
