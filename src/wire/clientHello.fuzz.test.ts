import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutated } from '../../test/wire/beginnings.ts';
import { browserHello, extension, handshakeMessage, helloMessage, inRecords } from '../../test/wire/helloBytes.ts';
import { seededRandom } from '../kernel/random.ts';
import { type HelloRejection, helloRejections, readClientHello } from './clientHello.ts';
import { ja4, ja4Raw } from './ja4.ts';

const seed = Number(process.env.SEED ?? 12);
const samples = [
  inRecords(helloMessage()),
  inRecords(helloMessage(), 30),
  inRecords(helloMessage({ extensions: [extension.alpn(['h2', '\xab']), extension.versions([0x0304, 0x7a7a])] })),
  inRecords(helloMessage({ extensions: undefined })),
  inRecords(helloMessage(), 3),
  inRecords(browserHello()),
  inRecords(handshakeMessage(1, Buffer.alloc(17 << 10))).subarray(0, 40),
];

test('any bytes are a hello with a JA4, a refusal or a wait for more, and never read past their end', () => {
  const random = seededRandom(seed);
  const reasons = new Set<HelloRejection>();
  let done = 0;
  for (let round = 0; round < 50_000; round++) {
    const bytes = mutated(samples, random);
    const read = readClientHello(bytes);
    const says = `seed ${seed}, round ${round}`;
    if (read.kind === 'rejected') reasons.add(read.reason);
    if (read.kind !== 'done') continue;
    done += 1;
    assert.ok(read.bytesUsed <= bytes.length, says);
    if (done % 10 > 0) continue;
    assert.match(ja4(read.hello), /^t[\ds]\d[di]\d{4}[\da-zA-Z]{2}_[\da-f]{12}_[\da-f]{12}$/, says);
    assert.ok(ja4Raw(read.hello).length < 64 << 10, says);
    assert.deepEqual(readClientHello(bytes.slice(0, read.bytesUsed)), read, says);
    assert.equal(readClientHello(bytes.slice(0, read.bytesUsed - 1)).kind, 'more', says);
  }
  assert.ok(done > 5_000, String(done));
  assert.deepEqual([...reasons].sort(), Object.keys(helloRejections).sort(), 'every reason is reached');
});
