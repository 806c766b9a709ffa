import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ja4, ja4Raw, readClientHello } from '../../src/wire/index.ts';
import { readHoweverSplit } from './beginnings.ts';
import { tcpSegments, tcpStreams } from './captureFile.ts';

/* FoxIO's captures with what its own tools say of them (JA4 for TLS clients, BSD-3-Clause). */

const folder = fileURLToPath(new URL('../../../shared/data/ja4-pcaps/', import.meta.url));
const skip = !existsSync(folder) && process.env.CI !== 'true' ? `needs ${folder}` : false;

type Expected = Readonly<Record<string, string>>;

test('every TLS client over TCP in the captures has the JA4 that its author’s tools give', { skip }, () => {
  let compared = 0;
  let retried = 0;
  for (const file of readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name))) {
    const streams = tcpStreams(tcpSegments(readFileSync(folder + file)));
    const expected = JSON.parse(readFileSync(`${folder}${file}.json`, 'utf8')) as Expected[];
    for (const connection of expected) {
      if (!connection['JA4.1']?.startsWith('t')) continue;
      const says = `${file} stream ${connection.stream}`;
      const key = `${endpoint(connection.src!, connection.srcport!)}>${endpoint(connection.dst!, connection.dstport!)}`;
      const bytes = streams.get(key);
      assert.ok(bytes !== undefined, `${says}: ${key} is in the capture`);
      const read = readHoweverSplit(readClientHello, bytes.subarray(0, 4096), 300);
      assert.equal(read.kind, 'done', says);
      if (read.kind !== 'done') continue;
      assert.equal(ja4(read.hello), connection['JA4.1'], says);
      assert.equal(ja4Raw(read.hello), connection['JA4_r.1'], says);
      if (connection.domain !== undefined) assert.equal(read.hello.serverName, connection.domain, says);
      compared += 1;
      const again = connection['JA4.2'];
      if (again === undefined) continue;
      const second = readClientHello(afterRetry(bytes.subarray(read.bytesUsed)));
      assert.ok(second.kind === 'done', says);
      assert.equal(ja4(second.hello), again, says);
      retried += 1;
    }
  }
  assert.ok(compared >= 72, `${compared} connections`);
  assert.ok(retried >= 5, `${retried} second hellos`);
});

/** Behind a HelloRetryRequest a client may send a change_cipher_spec record before its second hello (RFC 8446 appendix D.4). */
function afterRetry(bytes: Buffer): Buffer {
  return bytes[0] === 0x14 ? bytes.subarray(5 + bytes.readUInt16BE(3)) : bytes;
}

function endpoint(address: string, port: string): string {
  return `${isIPv4(address) ? Buffer.from(address.split('.').map(Number)).toString('hex') : ipv6Hex(address)}:${port}`;
}

function ipv6Hex(address: string): string {
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => group.padStart(4, '0')));
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...new Array<string>(missing).fill('0000'), ...groups(tail)].join('');
}
