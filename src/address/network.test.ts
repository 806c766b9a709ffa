import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import { test } from 'node:test';
import { addressWords, isAddress, networkHolds, readAddress, readNetwork } from './index.ts';

const wordsOf = (text: string) => {
  const words = addressWords();
  assert.ok(readAddress(text, words) !== 0, text);
  return words;
};

const addresses = [
  '0.0.0.0',
  '10.0.0.1',
  '10.255.255.255',
  '11.0.0.0',
  '192.0.2.7',
  '255.255.255.255',
  '::',
  '::1',
  '2001:db8::1',
  '2001:db8:1:2:3:4:5:6',
  'fe80::1',
  '2001:DB9::',
  '1:2:3:4:5:6:1.2.3.4',
  '::1.2.3.4',
];
const networks = [
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.0.0.0/9',
  '192.0.2.7/32',
  '192.0.2.6/31',
  '::/0',
  '2001:db8::/32',
  '2001:db8::/33',
  '::1/128',
  'fe80::/10',
];

test('networks hold the addresses that Node says they hold', () => {
  for (const text of networks) {
    const network = readNetwork(text)!;
    const [base = '', bits = ''] = text.split('/');
    const family = isIP(base) === 4 ? 'ipv4' : 'ipv6';
    const oracle = new BlockList();
    oracle.addSubnet(base, Number(bits), family);
    for (const address of addresses) {
      const isSameFamily = (isIP(address) === 4 ? 'ipv4' : 'ipv6') === family;
      const expected = isSameFamily && oracle.check(address, family);
      assert.equal(networkHolds(network, wordsOf(address)), expected, `${address} in ${text}`);
    }
  }
});

test('an IPv4 address inside IPv6 is an IPv4 address', () => {
  assert.ok(networkHolds(readNetwork('192.0.2.0/24')!, wordsOf('::ffff:192.0.2.7')));
  assert.deepEqual(wordsOf('::ffff:c000:207'), wordsOf('192.0.2.7'));
});

test('what is no address is none', () => {
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4 ',
    '::g',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    'fe80::1%eth0',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '::01.2.3.4',
    '12345::',
    'a'.repeat(1000),
  ]) {
    assert.equal(isAddress(text), false, text);
    assert.equal(isIP(text) !== 0 && !text.includes('%'), false, `Node agrees on ${text}`);
  }
  for (const text of [
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '::/129',
    '/8',
    'x/8',
    '10.0.0.0/8/8',
  ]) {
    assert.equal(readNetwork(text), undefined, text);
  }
});

test('an IPv4 network may be written as the mapped one that it is, with the prefix that belongs to it', () => {
  for (const [written, meant] of [
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
    ['::FFFF:c000:2ff/120', '192.0.2.0/24'],
    ['0:0:0:0:0:ffff:192.0.2.1/128', '192.0.2.1/32'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
  ] as const) {
    assert.deepEqual(readNetwork(written), readNetwork(meant), written);
    assert.equal(readNetwork(written)?.family, 4);
  }
  // An IPv4 prefix in the wrong place, or IPv4 and more: nobody knows which.
  for (const text of ['::ffff:192.0.2.0/24', '::ffff:192.0.2.1/32', '::ffff:0:0/95', '::ffff:0:0/0']) {
    assert.equal(readNetwork(text), undefined, text);
  }
  assert.equal(readNetwork('::/0')?.family, 6);
  assert.ok(!networkHolds(readNetwork('::/0')!, wordsOf('192.0.2.1')), 'IPv4 is in no IPv6 network');
  assert.ok(!networkHolds(readNetwork('::/80')!, wordsOf('::ffff:c000:201')));
  assert.ok(networkHolds(readNetwork('::/80')!, wordsOf('::fffe:c000:201')));
});
