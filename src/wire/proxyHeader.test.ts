import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHoweverSplit } from '../../test/wire/beginnings.ts';
import { crc32c } from './crc32c.ts';
import { wireLimits } from './limits.ts';
import { type ProxyRejection, readProxyHeader } from './proxyHeader.ts';

const request = Buffer.from('GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n');

function line(text: string) {
  const header = Buffer.from(text, 'latin1');
  const read = readHoweverSplit(readProxyHeader, Buffer.concat([header, request]));
  if (read.kind === 'done') assert.equal(read.bytesUsed, header.indexOf('\r\n') + 2);
  return read.kind === 'done' ? read.source : read.kind === 'rejected' ? read.reason : 'more';
}

test('version 1: sources in one spelling, the request behind the line is left alone', () => {
  const ports = '56324 443\r\n';
  assert.deepEqual(line(`PROXY TCP4 192.0.2.1 198.51.100.255 ${ports}`), { address: '192.0.2.1', port: 56324 });
  assert.deepEqual(line('PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n'), {
    address: '255.255.255.255',
    port: 65535,
  });
  assert.deepEqual(line('PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n'), { address: '0.0.0.0', port: 0 });
  for (const [written, spelled] of [
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::', 'fe80::'],
    ['1:0:2:0:3:0:4:0', '1:0:2:0:3:0:4:0'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:192.0.2.9', '192.0.2.9'],
    ['::FFFF:c000:209', '192.0.2.9'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ] as const) {
    assert.deepEqual(line(`PROXY TCP6 ${written} ::1 ${ports}`), { address: spelled, port: 56324 }, written);
  }
});

test('version 1: UNKNOWN is a header without a source, whatever else it says', () => {
  assert.equal(line('PROXY UNKNOWN\r\n'), null);
  assert.equal(line('PROXY UNKNOWN ffff::1 anything \0 65535\r\n'), null);
  const longest = `PROXY UNKNOWN ${'f'.repeat(wireLimits.proxyLineBytesMax - 16)}\r\n`;
  assert.equal(longest.length, 107);
  assert.equal(line(longest), null);
  assert.equal(line(longest.replace('f', 'ff')), 'proxy-line-too-long');
});

test('version 1: whatever is not exactly the protocol is refused with its reason', () => {
  for (const text of ['GET / HTTP/1.1\r\n', 'PROXIES', 'proxy TCP4', 'PROXY\r\n', ' PROXY', '\0', 'PROXY\tTCP4']) {
    assert.equal(line(text), 'not-proxy', JSON.stringify(text));
  }
  const good = 'PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n';
  for (const [from, to] of [
    ['TCP4 ', 'TCP4  '],
    ['TCP4', 'TCP5'],
    ['TCP4', 'tcp4'],
    ['TCP4', 'UNKNOWNS'],
    ['TCP4', 'TCP6'],
    ['PROXY ', 'PROXY  '],
    ['192.0.2.1', '192.0.2.01'],
    ['192.0.2.1', '192.0.2.256'],
    ['192.0.2.1', '192.0.2'],
    ['192.0.2.1', '192.0.2.1.'],
    ['192.0.2.1', '192.0.2.1.1'],
    ['192.0.2.1', '2001:db8::1'],
    ['192.0.2.1', '192.0.2.\xb2'],
    ['192.0.2.1', ''],
    ['198.51.100.1', 'x'],
    ['56324', '056324'],
    ['56324', '65536'],
    ['56324', '-1'],
    ['56324', '+1'],
    ['56324', ''],
    ['443', '1e3'],
    ['443', '443 '],
    ['443', '443 1'],
    [' 443', ''],
    ['\r\n', '\n'],
    ['\r\n', '\r\r\n'],
    [' 443', '\n443'],
  ] as const) {
    assert.equal(line(good.replace(from, to)), 'proxy-line-malformed', `${from} → ${JSON.stringify(to)}`);
  }
  for (const address of [
    '1::2::3',
    ':1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    '::1%eth0',
    ':::',
    '192.0.2.1',
    '::192.0.2.1:1',
    '192.0.2.1::',
  ]) {
    assert.equal(line(`PROXY TCP6 ${address} ::1 1 1\r\n`), 'proxy-line-malformed', address);
  }
  for (const ended of ['\n', '\r', '\n\r', '\rx'])
    assert.equal(line(`PROXY UNKNOWN x${ended}GET\r\n`), 'proxy-line-malformed');
  assert.equal(line(`PROXY TCP4 ${'1'.repeat(200)}`), 'proxy-line-too-long');
});

const signature = '0d0a0d0a000d0a515549540a';
const inet = { family: 0x11, addresses: 'c0000201c63364010dbf01bb' };
const inet6 = { family: 0x21, addresses: `20010db8${'00'.repeat(11)}01${'00'.repeat(15)}010dbf01bb` };

function block(parts: { version?: number; family?: number; addresses?: string; values?: string; length?: number }) {
  const rest = Buffer.from((parts.addresses ?? inet.addresses) + (parts.values ?? ''), 'hex');
  const length = parts.length ?? rest.length;
  const start = Buffer.from([parts.version ?? 0x21, parts.family ?? 0x11, length >> 8, length & 255]);
  return Buffer.concat([Buffer.from(signature, 'hex'), start, rest]);
}

function read2(header: Buffer) {
  const read = readHoweverSplit(readProxyHeader, Buffer.concat([header, request]));
  if (read.kind === 'done') assert.equal(read.bytesUsed, header.length);
  return read.kind === 'done' ? read.source : read.kind === 'rejected' ? read.reason : 'more';
}

test('version 2: IPv4, IPv6, and the headers that name no visitor', () => {
  assert.deepEqual(read2(block({})), { address: '192.0.2.1', port: 3519 });
  assert.deepEqual(read2(block(inet6)), { address: '2001:db8::1', port: 3519 });
  const mapped = { family: 0x21, addresses: `${'00'.repeat(10)}ffffc0000207${'00'.repeat(16)}0dbf01bb` };
  assert.deepEqual(read2(block(mapped)), { address: '192.0.2.7', port: 3519 });
  assert.equal(read2(block({ family: 0x31, addresses: '2f'.repeat(216) })), null);
  assert.equal(read2(block({ family: 0x00, addresses: '' })), null);
  assert.equal(read2(block({ family: 0x12 })), null, 'datagrams');
  assert.equal(read2(block({ family: 0x10 })), null, 'no transport');
  assert.equal(read2(block({ version: 0x20, family: 0x00, addresses: '' })), null, 'LOCAL');
  assert.equal(read2(block({ version: 0x20, family: 0xff, addresses: 'ff'.repeat(30) })), null, 'LOCAL with a block');
});

/* What an AWS network load balancer sent: from the tests of its published reader (Apache-2.0), the checksum is AWS's own. */
const networkLoadBalancer = `${signature}21110054ac1f0771ac1f0a1fc8f20050030004e8d6892dea001701767063652d30386432626631356661633530303163390400 24${'00'.repeat(36)}`;

test('version 2: values are skipped, their checksum is not', () => {
  const header = Buffer.from(networkLoadBalancer.replaceAll(' ', ''), 'hex');
  assert.equal(header.length, 16 + 0x54);
  assert.deepEqual(read2(header), { address: '172.31.7.113', port: 51442 });
  for (const at of [13 + 7, 20, 32, 40, header.length - 1]) {
    const changed = Buffer.from(header);
    changed[at]! ^= 1;
    assert.equal(read2(changed), 'proxy-checksum-wrong', `byte ${at}`);
  }
  assert.deepEqual(read2(block({ values: '04000001000268322000050100000000' })), { address: '192.0.2.1', port: 3519 });
  // RFC 3720 appendix B.4: 32 bytes of zero.
  assert.equal(crc32c(new Uint8Array(32), 32, -1), 0x8a9136aa);
});

test('version 2: what does not add up is refused with its reason', () => {
  const refusals: readonly (readonly [Parameters<typeof block>[0], ProxyRejection])[] = [
    [{ version: 0x11 }, 'proxy-version-unknown'],
    [{ version: 0x31 }, 'proxy-version-unknown'],
    [{ version: 0x22 }, 'proxy-command-unknown'],
    [{ family: 0x41 }, 'proxy-family-unknown'],
    [{ family: 0x13 }, 'proxy-family-unknown'],
    [{ addresses: 'c0000201' }, 'proxy-addresses-short'],
    [{ family: 0x21 }, 'proxy-addresses-short'],
    [{ family: 0x31 }, 'proxy-addresses-short'],
    [{ length: 4081 }, 'proxy-header-too-large'],
    [{ version: 0x20, length: 65535 }, 'proxy-header-too-large'],
    [{ values: '04' }, 'proxy-tlv-malformed'],
    [{ values: '040001' }, 'proxy-tlv-malformed'],
    [{ values: '04ffff00' }, 'proxy-tlv-malformed'],
    [{ values: '030003000000' }, 'proxy-tlv-malformed'],
    [{ values: '0300040000000003000400000000' }, 'proxy-tlv-malformed'],
    [{ values: '03000400000000' }, 'proxy-checksum-wrong'],
  ];
  for (const [parts, reason] of refusals) assert.equal(read2(block(parts)), reason, JSON.stringify(parts));
  for (let at = 0; at < 12; at++) {
    const broken = block({});
    broken[at]! ^= 0x80;
    assert.equal(read2(broken), 'not-proxy', `signature byte ${at}`);
  }
  assert.equal(readProxyHeader(block({ length: 4080 })).kind, 'more', 'the largest is waited for');
});
