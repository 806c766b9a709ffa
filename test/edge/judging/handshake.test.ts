import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { connect as connectHttp2 } from 'node:http2';
import { get } from 'node:https';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { extract } from '../../../src/bots/testing/features.ts';
import { type Handshake, type RequestHead, type RequestHeadParts, requestHead } from '../../../src/http/index.ts';
import { findProgram } from '../../browsers/programs.ts';
import { certificateFolder, makeCertificate } from '../certificateFiles.ts';
import { exchangeBytes, site, startEdge, startOrigin, type TestEdge, Undo } from '../harness.ts';

/* What a head tells the modules of its connection: seen here in the samples that a worker sends. */

const undo = new Undo();
const python = findProgram('python3');
const chrome133 =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36';
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
  const heads = await samples(edge, count);
  return Object.fromEntries(heads.map(({ target, handshake }) => [target, handshake]));
}

async function samples(edge: TestEdge, count: number): Promise<RequestHeadParts[]> {
  const untilMs = performance.now() + 10_000;
  for (;;) {
    const heads = edge.sent.flatMap((message) => (message.type === 'sample' ? message.heads : []));
    if (heads.length >= count) return heads;
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
  assert.ok((await samples(edge, 4)).every(({ isRelayed }) => isRelayed === false));
});

test('behind a trusted proxy the handshake is the proxy’s, so there is none, and the head’s form is the proxy’s, too', async () => {
  const edge = await start(['127.0.0.1/32']);
  await visitHttp1(edge.ports[0]!);
  await visitHttp2(edge.ports[0]!, '/two');
  assert.deepEqual(await handshakes(edge, 2), { '/one': null, '/two': null });
  assert.ok((await samples(edge, 2)).every(({ isRelayed }) => isRelayed === true));
});

test('says Chrome 133, shakes hands like Python: the features tell, and the trace', {
  skip: python === undefined && process.env.CI !== 'true' ? 'needs python3' : false,
}, async () => {
  const edge = await start([]);
  const script = `import sys, ssl, urllib.request
asked = urllib.request.Request(sys.argv[1], headers={'User-Agent': sys.argv[2]})
sys.stdout.write(urllib.request.urlopen(asked, context=ssl._create_unverified_context()).read().decode())`;
  const url = `https://127.0.0.1:${edge.ports[0]}/.holdfast/trace`;
  const { stdout } = await promisify(execFile)(python ?? '', ['-W', 'ignore', '-c', script, url, chrome133]);
  assert.match(stdout, /^ja4=t1[23]i\d{4}(?:h1|00)_/m);
  assert.match(stdout, /^header_order=[0-9a-f]{12}$/m);
  const [sampled] = await samples(edge, 1);
  const head = requestHead(sampled!);
  assert.equal(head.headers['user-agent'], chrome133);
  const figures = (from: RequestHead) =>
    ['tls-known-browser', 'tls-family-mismatch', 'alpn-mismatch', 'header-order-known'].map((name) =>
      extract(name, from),
    );
  assert.deepEqual(figures(head), [0, 2, 1, 0]);
  // The same request on Chrome's own connection, except for its headers.
  const ja4 = 't13d1516h2_8daaf6152771_d8a2da3f94cd';
  assert.deepEqual(figures(requestHead({ ...sampled!, handshake: { ja4, http2: null } })), [2, 0, 0, 0]);
});
