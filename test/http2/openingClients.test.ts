import assert from 'node:assert/strict';
import { connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2';
import { test } from 'node:test';
import { chromiumProgram } from '../browsers/chromium.ts';
import { findProgram, runProgram } from '../browsers/programs.ts';
import { certificate } from '../wire/certificate.ts';
import { visitWithChromium } from '../wire/chromiumVisit.ts';
import { firstBytes, type RecordingAddress, type RecordingOptions } from '../wire/firstBytes.ts';
import { talk } from './talk.ts';

/* What real HTTP/2 clients say first. */

const absent = (program: string | undefined, name: string) =>
  program === undefined && process.env.CI !== 'true' ? `needs ${name}` : false;
const curl = findProgram('curl');
const openssl = findProgram('openssl');
const chromium = chromiumProgram();

async function openingOf(client: (address: RecordingAddress) => unknown, tls?: RecordingOptions['tls']) {
  const read = (seen: Buffer) => talk([seen]).session.opening;
  const isEnough = (seen: Buffer) => !read(seen).isOpen;
  const bytes = await firstBytes(tls === undefined ? { isEnough } : { isEnough, tls }, client);
  const opening = read(bytes);
  assert.ok(!opening.isOpen, `no request in ${bytes.length} bytes`);
  return opening;
}

function nodeClient(options: Parameters<typeof connectHttp2>[1], sent: OutgoingHttpHeaders) {
  return async ({ authority, recorded }: RecordingAddress) => {
    const session = connectHttp2(`http://${authority}`, options);
    session.on('error', () => {});
    session.request(sent).on('error', () => {});
    await new Promise((over) => recorded.addEventListener('abort', over));
    session.destroy();
  };
}

test('node:http2 says what it was told', async () => {
  const opening = await openingOf(
    nodeClient(
      {
        settings: { headerTableSize: 8_192, enablePush: false, initialWindowSize: 131_072, maxHeaderListSize: 65_536 },
      },
      { ':path': '/pages/about', ':method': 'PUT', 'x-a': 'b' },
    ),
  );
  assert.deepEqual(
    new Map(opening.settings.map(([identifier, value]) => [identifier, value])),
    new Map([
      [1, 8_192],
      [2, 0],
      [4, 131_072],
      [6, 65_536],
    ]),
  );
  assert.deepEqual([...opening.pseudoHeaders].sort(), ['a', 'm', 'p', 's']);
  assert.equal(opening.windowIncrement, 0);
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
  const fingerprint = (await openingOf(visit)).fingerprint;
  assert.match(fingerprint, /^3:100;4:\d+;2:0\|\d{4,}\|0\|m,[asp],[asp],[asp]$/);
});

test('chromium over TLS', { skip: absent(chromium, 'chromium') || absent(openssl, 'openssl') }, async () => {
  const visit = (address: RecordingAddress) => visitWithChromium(chromium!, 'shop.example', address);
  const fingerprint = (await openingOf(visit, { ...certificate(openssl!), ALPNProtocols: ['h2'] })).fingerprint;
  assert.match(fingerprint, /^1:65536;2:0;4:6291456;6:262144\|15663105\|0\|m,a,s,p$/);
});
