import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { seededRandom } from '../../src/kernel/random.ts';
import { readClientHello } from '../../src/wire/index.ts';
import { findProgram } from '../browsers/programs.ts';
import { mutated } from './beginnings.ts';
import { certificate } from './certificate.ts';
import { firstBytes } from './firstBytes.ts';

/* OpenSSL, as this Node has it, judges broken hellos too: what it answers must be read here, or visitors were lost. */

const seed = Number(process.env.SEED ?? 14);
const openssl = findProgram('openssl');
const skip = openssl === undefined && process.env.CI !== 'true' ? 'needs openssl' : false;

test('no hello that OpenSSL answers is refused, but for names no host can have', { skip }, async () => {
  const hello = await firstBytes({ isEnough: (seen) => readClientHello(seen).kind === 'done' }, ({ port }) => {
    const offer = { servername: 'shop.example', ALPNProtocols: ['h2', 'http/1.1'], ecdhCurve: 'X25519:P-256' };
    connect({ host: '127.0.0.1', port, ...offer }).on('error', () => {});
  });
  const server = createServer({ ...certificate(openssl!), ALPNProtocols: ['h2', 'http/1.1'] });
  server.on('tlsClientError', () => {});
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  const random = seededRandom(seed);
  let answered = 0;
  try {
    for (let round = 0; round < 1_500; round++) {
      const bytes = mutated([hello], random);
      if (!(await isAnswered(port, bytes))) continue;
      answered += 1;
      const read = readClientHello(bytes);
      const isRead = read.kind === 'done' || (read.kind === 'rejected' && read.reason === 'server-name-invalid');
      assert.ok(
        isRead,
        `seed ${seed}, round ${round}: ${JSON.stringify(read)} for ${Buffer.from(bytes).toString('hex')}`,
      );
    }
  } finally {
    server.close();
  }
  assert.ok(answered > 150, `${answered} answered`);
});

/** Whether the server says anything but an alert. */
function isAnswered(port: number, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (answer) => {
      resolve(answer[0] === 22);
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(false));
  });
}
