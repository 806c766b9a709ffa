import assert from 'node:assert/strict';
import { connect as connectHttp2, createServer, type IncomingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';
import { test } from 'node:test';
import { type Http2Preface, http2Fingerprint, readHttp2Preface } from '../../src/wire/index.ts';
import { readPseudoHeaders } from '../../src/wire/pseudoHeaders.ts';
import { chromiumProgram } from '../browsers/chromium.ts';
import { findProgram, runProgram } from '../browsers/programs.ts';
import { readHoweverSplit } from './beginnings.ts';
import { certificate } from './certificate.ts';
import { visitWithChromium } from './chromiumVisit.ts';
import { firstBytes, type RecordingAddress, type RecordingOptions } from './firstBytes.ts';
import { field, headers, magic, settings } from './prefaceBytes.ts';

/* What real HTTP/2 clients say first. */

const absent = (program: string | undefined, name: string) =>
  program === undefined && process.env.CI !== 'true' ? `needs ${name}` : false;
const curl = findProgram('curl');
const openssl = findProgram('openssl');
const chromium = chromiumProgram();

async function prefaceOf(
  client: (address: RecordingAddress) => unknown,
  tls?: RecordingOptions['tls'],
): Promise<Http2Preface> {
  const isEnough = (seen: Buffer) => readHttp2Preface(seen).kind !== 'more';
  const bytes = await firstBytes(tls === undefined ? { isEnough } : { isEnough, tls }, client);
  const read = readHoweverSplit(readHttp2Preface, bytes);
  assert.ok(read.kind === 'done', `${JSON.stringify(read)} of ${bytes.length} bytes`);
  return read.preface;
}

function nodeClient(options: Parameters<typeof connectHttp2>[1], sent: IncomingHttpHeaders) {
  return async ({ authority, recorded }: RecordingAddress) => {
    const session = connectHttp2(`http://${authority}`, options);
    session.on('error', () => {});
    session.request(sent).on('error', () => {});
    await new Promise((over) => recorded.addEventListener('abort', over));
    session.destroy();
  };
}

test('node:http2 says what it was told', async () => {
  const preface = await prefaceOf(
    nodeClient(
      {
        settings: { headerTableSize: 8_192, enablePush: false, initialWindowSize: 131_072, maxHeaderListSize: 65_536 },
      },
      { ':path': '/pages/about', ':method': 'PUT', 'x-a': 'b' },
    ),
  );
  assert.deepEqual(
    new Map(preface.settings.map(([identifier, value]) => [identifier, value])),
    new Map([
      [1, 8_192],
      [2, 0],
      [4, 131_072],
      [6, 65_536],
    ]),
  );
  assert.deepEqual([...preface.pseudoHeaders].sort(), ['a', 'm', 'p', 's']);
  assert.equal(preface.windowIncrement, 0);
});

test('curl with prior knowledge', { skip: absent(curl, 'curl') }, async () => {
  const visit = ({ authority }: RecordingAddress) =>
    runProgram(curl!, [
      '-s',
      '--http2-prior-knowledge',
      '-H',
      `Cookie: a=${'b'.repeat(6_000)}`,
      `http://${authority}/`,
    ]);
  const fingerprint = http2Fingerprint(await prefaceOf(visit));
  assert.match(fingerprint, /^3:100;4:\d+;2:0\|\d{4,}\|0\|m,[asp],[asp],[asp]$/);
});

test('chromium over TLS', { skip: absent(chromium, 'chromium') || absent(openssl, 'openssl') }, async () => {
  const visit = (address: RecordingAddress) => visitWithChromium(chromium!, 'shop.example', address);
  const fingerprint = http2Fingerprint(await prefaceOf(visit, { ...certificate(openssl!), ALPNProtocols: ['h2'] }));
  assert.match(fingerprint, /^1:65536;2:0;4:6291456;6:262144\|15663105\|0\|m,a,s,p$/);
});

test('names in Huffman’s form mean to node:http2 what they mean here', async () => {
  const names = { method: 'b9495339e4', path: 'b958d33f', scheme: 'b8824e5a4b', authority: 'b83b5339ec327d7f' };
  const values = { method: 'PUT', path: '/p', scheme: 'http', authority: 'shop.example' };
  const fields = Object.entries(names).map(([name, hex]) =>
    field.huffmanNamed(hex, values[name as keyof typeof values]),
  );
  const block = Buffer.concat([...fields, field.huffmanNamed('b505b161cc5a93', 'x')]);
  assert.deepEqual(readPseudoHeaders(block, true), { kind: 'done', order: ['m', 'p', 's', 'a'] });
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
  try {
    const seen = new Promise<IncomingHttpHeaders>((resolve) => server.once('stream', (_, sent) => resolve(sent)));
    socket.write(Buffer.concat([magic, settings(), headers(block)]));
    const sent = await seen;
    for (const [name, value] of Object.entries(values)) assert.equal(sent[`:${name}`], value);
    assert.equal(sent['user-agent'], 'x');
  } finally {
    socket.destroy();
    server.close();
  }
});
