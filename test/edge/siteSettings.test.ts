import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, afterEach, test } from 'node:test';
import type { Site } from '../../src/contract/kinds/sitesFile.ts';
import { certificateFolder, makeCertificate } from './certificateFiles.ts';
import {
  ask,
  blockRule,
  exchangeBytes,
  parseAnswer,
  site,
  startEdge,
  startOrigin,
  startRawOrigin,
  Undo,
} from './harness.ts';

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

function edgeWith(given: Partial<Site>) {
  const { origin: _unused, ...base } = site('http://unused:1');
  return startEdge(undo, { set: { versions: {}, sites: { schema: 1, sites: [{ ...base, ...given }] } } });
}

async function startHttps(names: readonly string[]): Promise<{ url: string; certificate: string }> {
  const { certificatePath, keyPath } = makeCertificate(certificateFolder(undo), 'origin', names);
  const files = { cert: readFileSync(certificatePath), key: readFileSync(keyPath) };
  const server = createHttps(files, (request, response) => response.end(`encrypted ${request.url}`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.add(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, certificate: files.cert.toString() };
}

test('an https origin is spoken to encrypted, its certificate verified', async () => {
  const { url, certificate } = await startHttps(['origin.example']);
  const trusting = await edgeWith({
    origin: url,
    upstream: { tls: { ca: certificate, serverName: 'origin.example' } },
  });
  for (const path of ['/1', '/2']) assert.equal((await ask(trusting.port, path)).body, `encrypted ${path}`);
  const otherName = await edgeWith({
    origin: url,
    upstream: { tls: { ca: certificate, serverName: 'other.example' } },
  });
  const refused = await ask(otherName.port, '/');
  assert.deepEqual([refused.status, refused.headers['holdfast-error']], [502, 'upstream-connect-failed']);
  const stranger = await edgeWith({ origin: url });
  assert.equal((await ask(stranger.port, '/')).status, 502);
  const careless = await edgeWith({ origin: url, upstream: { tls: { verify: false } } });
  assert.equal((await ask(careless.port, '/')).body, 'encrypted /');
});

test('several origins share the requests, and one that is gone is left out without anybody noticing', async () => {
  const one = await startOrigin(undo, (_request, response) => response.end('one'));
  const other = await startOrigin(undo, (_request, response) => response.end('other'));
  const edge = await edgeWith({ origins: [{ url: one.url }, { url: other.url }] });
  const answers = async () => {
    const all = [];
    for (let index = 0; index < 40; index++) all.push(await ask(edge.port, `/${index}`));
    return all;
  };
  assert.deepEqual(new Set((await answers()).map(({ body }) => body)), new Set(['one', 'other']));
  one.server.closeAllConnections();
  await new Promise((resolve) => one.server.close(resolve));
  const left = await answers();
  assert.ok(left.every(({ status, body }) => status === 200 && body === 'other'));
});

test('headers are edited, errors have the page of the site, redirects come behind the rules', async () => {
  const { url } = await startOrigin(undo, (request, response) => {
    response.setHeader('Server', 'secret');
    response.end(JSON.stringify(request.rawHeaders));
  });
  const edge = await edgeWith({
    origins: [{ url }],
    requestHeaders: { set: [{ name: 'X-Edge', value: 'yes' }], remove: ['x-forwarded-host'] },
    responseHeaders: { set: [{ name: 'X-Frame-Options', value: 'DENY' }], remove: ['server'] },
    redirects: [{ from: '/old/*', to: '/new/*', status: 301 }],
    rules: [blockRule('request.path == "/old/secret"')],
  });
  const answer = await ask(edge.port, '/', ['X-Edge: forged']);
  const sent = JSON.parse(answer.body) as string[];
  assert.deepEqual(
    sent.filter((_, index) => sent[index - 1]?.toLowerCase() === 'x-edge'),
    ['yes'],
  );
  assert.ok(!sent.some((name) => name.toLowerCase() === 'x-forwarded-host'));
  assert.equal(answer.headers.server, undefined);
  assert.equal(answer.headers['x-frame-options'], 'DENY');
  const moved = await ask(edge.port, '/old/page?x=1');
  assert.deepEqual([moved.status, moved.headers.location], [301, '/new/page?x=1']);
  assert.equal((await ask(edge.port, '/old/secret')).status, 403);

  const gone = await edgeWith({
    origin: 'http://127.0.0.1:1',
    errorPages: [{ status: 502, body: '<h1>back soon</h1>' }],
  });
  const page = await ask(gone.port, '/');
  assert.deepEqual([page.status, page.body], [502, '<h1>back soon</h1>']);
  assert.match(page.headers['content-type']!, /^text\/html/);
});

test('a site takes what it says of bodies and heads, and no more', async () => {
  let seen = 0;
  const { url } = await startOrigin(undo, (request, response) => {
    request.on('data', (chunk: Buffer) => {
      seen += chunk.length;
    });
    request.on('end', () => response.end('ok'));
    request.on('error', () => {});
  });
  const edge = await edgeWith({ origin: url, limits: { bodyBytesMax: 1_000, headBytesMax: 2_048 } });
  const body = 'a'.repeat(1_000);
  assert.equal((await ask(edge.port, '/', [`Content-Length: ${body.length}`], 'POST', body)).body, 'ok');
  const long = await ask(edge.port, '/', ['Content-Length: 1001'], 'POST', `${body}a`);
  assert.deepEqual([long.status, long.headers['holdfast-error']], [413, 'body-too-large']);
  seen = 0;
  const chunk = `200\r\n${'b'.repeat(0x200)}\r\n`;
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
  const chunked = parseAnswer(await exchangeBytes(edge.port, `${head}${chunk.repeat(3)}0\r\n\r\n`));
  assert.equal(chunked.status, 413);
  assert.ok(seen <= 1_000);
  const fat = await ask(edge.port, '/', [`X-Fat: ${'c'.repeat(2_048)}`]);
  assert.deepEqual([fat.status, fat.headers['holdfast-error']], [431, 'head-too-large']);
});

test('the waits of a site are its own', async () => {
  const silent = await startRawOrigin(undo, () => {});
  const edge = await edgeWith({ origin: silent, upstream: { answerTimeoutMs: 300 } });
  const startedMs = performance.now();
  const answer = await ask(edge.port, '/');
  assert.deepEqual([answer.status, answer.headers['holdfast-error']], [504, 'upstream-timeout']);
  assert.ok(performance.now() - startedMs < 2_000);
});
