import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConnectionOptions, connect } from 'node:tls';
import { type ClientHello, ja4, readClientHello } from '../../src/wire/index.ts';
import { chromiumProgram } from '../browsers/chromium.ts';
import { findProgram, runProgram } from '../browsers/programs.ts';
import { readHoweverSplit } from './beginnings.ts';
import { visitWithChromium } from './chromiumVisit.ts';
import { firstBytes, type RecordingAddress } from './firstBytes.ts';

/* What real TLS clients say first, told apart by what each was told to offer. */

const absent = (program: string | undefined, name: string) =>
  program === undefined && process.env.CI !== 'true' ? `needs ${name}` : false;
const curl = findProgram('curl');
const openssl = findProgram('openssl');
const chromium = chromiumProgram();

async function helloOf(client: (address: RecordingAddress) => unknown): Promise<ClientHello> {
  const bytes = await firstBytes({ isEnough: (seen) => readClientHello(seen).kind !== 'more' }, client);
  const read = readHoweverSplit(readClientHello, bytes);
  assert.ok(read.kind === 'done', JSON.stringify(read));
  assert.equal(read.bytesUsed, bytes.length);
  return read.hello;
}

function nodeClient(options: ConnectionOptions) {
  return ({ port }: RecordingAddress) => {
    const socket = connect({ host: '127.0.0.1', port, ...options });
    socket.on('error', () => {});
    return new Promise((closed) => socket.on('close', closed));
  };
}

test('node:tls offers what it was told', async () => {
  const hello = await helloOf(
    nodeClient({
      servername: 'shop.example',
      ALPNProtocols: ['h2', 'http/1.1'],
      ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256',
      ecdhCurve: 'X25519:P-256',
      sigalgs: 'ECDSA+SHA256:RSA-PSS+SHA256',
    }),
  );
  assert.equal(hello.serverName, 'shop.example');
  assert.deepEqual(hello.alpn, ['h2', 'http/1.1']);
  assert.deepEqual(hello.cipherSuites, [0x1301, 0xc02f]);
  assert.deepEqual(hello.supportedGroups, [29, 23]);
  assert.deepEqual(hello.signatureAlgorithms, [0x0403, 0x0804]);
  assert.deepEqual(hello.supportedVersions, [0x0304, 0x0303]);
  assert.equal(hello.hasGrease, false);
  assert.match(ja4(hello), /^t13d02\d\dh2_/);
});

test('node:tls without a name, old versions only', async () => {
  const hello = await helloOf(nodeClient({ maxVersion: 'TLSv1.2' }));
  assert.equal(hello.serverName, null);
  assert.deepEqual(hello.alpn, []);
  assert.deepEqual(hello.supportedVersions, []);
  assert.match(ja4(hello), /^t12i\d{4}00_/);
});

test('node:tls with a post-quantum key share: more than fits one packet', async () => {
  const bytes = await firstBytes(
    { isEnough: (seen) => readClientHello(seen).kind !== 'more' },
    nodeClient({ ecdhCurve: 'X25519MLKEM768:X25519' }),
  );
  assert.ok(bytes.length > 1_400, `${bytes.length} bytes`);
  const read = readHoweverSplit(readClientHello, bytes);
  assert.ok(read.kind === 'done');
  assert.deepEqual(read.hello.supportedGroups, [4588, 29]);
});

test('curl', { skip: absent(curl, 'curl') }, async () => {
  const hello = await helloOf(({ port }) =>
    runProgram(curl!, ['-sk', '--resolve', `shop.example:${port}:127.0.0.1`, `https://shop.example:${port}/`]),
  );
  assert.equal(hello.serverName, 'shop.example');
  assert.deepEqual(hello.alpn, ['h2', 'http/1.1']);
  assert.match(ja4(hello), /^t13d\d{4}h2_[\da-f]{12}_[\da-f]{12}$/);
});

test('openssl s_client, in one record and in pieces', { skip: absent(openssl, 'openssl') }, async () => {
  const offer = [
    '-servername',
    'Shop.Example',
    '-alpn',
    'http/1.1',
    '-groups',
    'P-384:P-521',
    '-sigalgs',
    'RSA+SHA512',
  ];
  const client = (more: string[]) => (address: RecordingAddress) =>
    runProgram(openssl!, ['s_client', '-connect', address.authority, ...offer, ...more]);
  const hello = await helloOf(client(['-ciphersuites', 'TLS_CHACHA20_POLY1305_SHA256', '-tls1_3']));
  assert.equal(hello.serverName, 'shop.example');
  assert.deepEqual(hello.alpn, ['http/1.1']);
  assert.deepEqual(hello.supportedGroups, [24, 25]);
  assert.deepEqual(hello.signatureAlgorithms, [0x0601]);
  assert.deepEqual(hello.supportedVersions, [0x0304]);
  assert.ok(hello.cipherSuites.includes(0x1303));
  const inPieces = await helloOf(
    client(['-ciphersuites', 'TLS_CHACHA20_POLY1305_SHA256', '-tls1_3', '-max_send_frag', '512']),
  );
  assert.equal(ja4(inPieces), ja4(hello));
});

test('chromium: GREASE everywhere, extensions in a new order each time, one JA4', {
  skip: absent(chromium, 'chromium'),
}, async () => {
  const visit = (address: RecordingAddress) => visitWithChromium(chromium!, 'shop.example', address);
  const hello = await helloOf(visit);
  assert.equal(hello.serverName, 'shop.example');
  assert.deepEqual(hello.alpn, ['h2', 'http/1.1']);
  assert.equal(hello.hasGrease, true);
  assert.match(ja4(hello), /^t13d15\d\dh2_8daaf6152771_[\da-f]{12}$/);
  const again = await helloOf(visit);
  assert.equal(ja4(again), ja4(hello));
  assert.notDeepEqual(again.extensions, hello.extensions);
});
