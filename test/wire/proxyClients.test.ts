import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProxyHeader } from '../../src/wire/index.ts';
import { findProgram, runProgram } from '../browsers/programs.ts';
import { readHoweverSplit } from './beginnings.ts';
import { firstBytes } from './firstBytes.ts';

const curl = findProgram('curl');
const skip = curl === undefined && process.env.CI !== 'true' ? 'needs curl' : false;

test('curl’s PROXY line names curl, and its request stands right behind it', { skip }, async () => {
  const isEnough = (seen: Buffer) => seen.includes('\r\n\r\n');
  const bytes = await firstBytes({ isEnough }, ({ authority }) =>
    runProgram(curl!, ['-s', '--haproxy-protocol', '--interface', '127.0.0.3', `http://${authority}/`]),
  );
  const read = readHoweverSplit(readProxyHeader, bytes);
  assert.ok(read.kind === 'done' && read.source !== null, JSON.stringify(read));
  assert.equal(read.source.address, '127.0.0.3');
  assert.ok(read.source.port > 1_023);
  assert.match(bytes.subarray(read.bytesUsed).toString(), /^GET \/ HTTP\/1\.1\r\n/);
});
