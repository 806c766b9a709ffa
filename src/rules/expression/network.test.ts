import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import { test } from 'node:test';
import { networkHolds, parseAddress, parseNetwork } from './network.ts';

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
    const network = parseNetwork(text)!;
    const [base = '', bits = ''] = text.split('/');
    const family = isIP(base) === 4 ? 'ipv4' : 'ipv6';
    const oracle = new BlockList();
    oracle.addSubnet(base, Number(bits), family);
    for (const address of addresses) {
      const isSameFamily = (isIP(address) === 4 ? 'ipv4' : 'ipv6') === family;
      const expected = isSameFamily && oracle.check(address, family);
      assert.equal(networkHolds(network, parseAddress(address)!), expected, `${address} in ${text}`);
    }
  }
});

test('an IPv4 address inside IPv6 is an IPv4 address', () => {
  assert.ok(networkHolds(parseNetwork('192.0.2.0/24')!, parseAddress('::ffff:192.0.2.7')!));
  assert.deepEqual(parseAddress('::ffff:c000:207'), parseAddress('192.0.2.7'));
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
    assert.equal(parseAddress(text), undefined, text);
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
    assert.equal(parseNetwork(text), undefined, text);
  }
});
