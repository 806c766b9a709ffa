import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import { mutated } from '../../test/wire/beginnings.ts';
import { seededRandom } from '../kernel/random.ts';
import { type ProxyRejection, proxyRejections, readProxyHeader } from './proxyHeader.ts';

const seed = Number(process.env.SEED ?? 11);
const block = (rest: string) => Buffer.from(`0d0a0d0a000d0a515549540a${rest}`, 'hex');
const samples = [
  Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nGET / HTTP/1.1\r\n\r\n'),
  Buffer.from('PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 56324 443\r\n'),
  Buffer.from(`PROXY UNKNOWN ${'f'.repeat(91)}\r\n`),
  block('2111000cc0000201c63364010dbf01bb'),
  block('21110018c0000201c63364010dbf01bb030004000000000400020000'),
  block(`21210024${'20'.repeat(36)}`),
  block(`213100d8${'2f'.repeat(216)}`),
  block('20000000'),
];

test('any bytes are a header, a refusal or a wait for more, and never read past their end', () => {
  const random = seededRandom(seed);
  const reasons = new Set<ProxyRejection>();
  let done = 0;
  for (let round = 0; round < 50_000; round++) {
    const bytes = mutated(samples, random);
    const read = readProxyHeader(bytes);
    const says = `seed ${seed}, round ${round}`;
    if (read.kind === 'more') assert.ok(bytes.length < 4096, says);
    if (read.kind === 'rejected') reasons.add(read.reason);
    if (read.kind !== 'done') continue;
    done += 1;
    assert.ok(read.bytesUsed <= bytes.length && read.bytesUsed >= 15, says);
    if (read.source !== null) assert.ok(isIP(read.source.address) > 0 && read.source.port < 65_536, says);
    assert.deepEqual(readProxyHeader(bytes.slice(0, read.bytesUsed)), read, says);
    assert.equal(readProxyHeader(bytes.slice(0, read.bytesUsed - 1)).kind, 'more', says);
  }
  assert.ok(done > 5_000, String(done));
  assert.deepEqual([...reasons].sort(), Object.keys(proxyRejections).sort(), 'every reason is reached');
});
