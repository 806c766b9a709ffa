import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { ClientHello } from './clientHello.ts';
import { ja4, ja4Raw } from './ja4.ts';

/* The worked example of the published description. */
const example: ClientHello = {
  legacyVersion: 0x0303,
  cipherSuites: hex('1a1a,1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035'),
  extensions: hex('2a2a,001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,fafa,0015'),
  supportedVersions: [0x7a7a, 0x0304, 0x0303],
  supportedGroups: [0xbaba, 29],
  signatureAlgorithms: hex('0403,0804,0401,0503,0805,0501,0806,0601'),
  alpn: ['h2', 'http/1.1'],
  serverName: 'shop.example',
  hasGrease: true,
};

function hex(list: string): number[] {
  return list.split(',').map((code) => Number.parseInt(code, 16));
}

const open = (changes: Partial<ClientHello>) => ja4({ ...example, ...changes }).split('_')[0];

test('the description’s example gives the description’s fingerprint', () => {
  assert.equal(ja4(example), 't13d1516h2_8daaf6152771_e5627efa2ab1');
  assert.equal(
    ja4Raw(example),
    't13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601',
  );
  assert.equal(ja4({ ...example, signatureAlgorithms: [] }).split('_')[2], '6d807ffa2a79');
});

test('version: the highest offered without GREASE, else the legacy one, unknown ones 00', () => {
  assert.equal(open({ supportedVersions: [0x0303, 0x0302] }), 't12d1516h2');
  assert.equal(open({ supportedVersions: [0x0303, 0x0304] }), 't13d1516h2');
  assert.equal(open({ supportedVersions: [0xfafa, 0x0301] }), 't10d1516h2');
  assert.equal(open({ supportedVersions: [] }), 't12d1516h2');
  assert.equal(open({ supportedVersions: [], legacyVersion: 0x0302 }), 't11d1516h2');
  assert.equal(open({ supportedVersions: [], legacyVersion: 0x0300 }), 'ts3d1516h2');
  assert.equal(open({ supportedVersions: [], legacyVersion: 0x0399 }), 't00d1516h2');
  assert.equal(open({ supportedVersions: [0x7f1c, 0x0303] }), 't00d1516h2');
  assert.equal(open({ supportedVersions: [0x0a0a] }), 't00d1516h2');
});

test('ALPN: both ends of the first name, in hexadecimal where one is not alphanumeric', () => {
  for (const [name, ends] of [
    ['h2', 'h2'],
    ['http/1.1', 'h1'],
    ['h', 'hh'],
    ['\xab', 'ab'],
    ['\xab\xcd', 'ad'],
    ['0\xab', '3b'],
    ['01\xab\xcd', '3d'],
    ['0\xab\xcd1', '01'],
  ]) {
    assert.equal(open({ alpn: [name!] }), `t13d1516${ends}`);
  }
  assert.equal(open({ alpn: [] }), 't13d151600');
});

test('counts stop at 99, empty lists are twelve zeros, no server name is i', () => {
  const many = Array.from({ length: 120 }, (_, at) => at + 256);
  assert.equal(open({ cipherSuites: many, extensions: many }), 't13i9999h2');
  const bare = { ...example, cipherSuites: [0x0a0a], extensions: [], signatureAlgorithms: [], alpn: [] };
  assert.equal(ja4(bare), 't13i000000_000000000000_000000000000');
  const onlyOpen = { ...bare, extensions: [0, 16] };
  assert.equal(ja4(onlyOpen), 't13d000200_000000000000_000000000000');
  const suites = createHash('sha256').update('0005,00ff,5600').digest('hex').slice(0, 12);
  assert.equal(ja4({ ...example, cipherSuites: [0x5600, 5, 0x00ff] }).split('_')[1], suites);
});
