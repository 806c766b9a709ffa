import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressKey, peerAddressText } from './index.ts';

test('an IPv4 address is a client, also when written as IPv6', () => {
  const key = { high: 4, low: 0xc0000201 };
  for (const same of ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201', '0:0:0:0:0:FFFF:192.0.2.1']) {
    assert.deepEqual(addressKey(same), key, same);
  }
});

test('the /64 of an IPv6 address is a client, however it is written', () => {
  const key = addressKey('2001:db8:1:2:3:4:5:6');
  assert.deepEqual(key, { high: 0x20010db8, low: 0x00010002 });
  for (const same of ['2001:0DB8:0001:0002::9', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::192.0.2.9']) {
    assert.deepEqual(addressKey(same), key, same);
  }
  assert.notDeepEqual(addressKey('2001:db8:1:3::1'), key);
  assert.deepEqual(addressKey('::1'), { high: 0, low: 0 });
  assert.deepEqual(addressKey('fe80::1'), { high: 0xfe800000, low: 0 });
  assert.deepEqual(addressKey('2001:db8::'), { high: 0x20010db8, low: 0 });
});

test('a zone is of this machine: our own socket says it, and there it is taken off', () => {
  const key = addressKey('2001:db8:1:2:3:4:5:6');
  assert.deepEqual(addressKey(peerAddressText('2001:db8:1:2::9%eth0')), key);
  assert.equal(peerAddressText('fe80::1%eth0'), 'fe80::1');
  assert.equal(addressKey('2001:db8:1:2::9%eth0').high, 1, 'from anybody else it is no address');
  assert.equal(peerAddressText('::ffff:192.0.2.1'), '192.0.2.1');
  for (const text of ['', 'unix%1', '%', '1%2']) assert.equal(peerAddressText(text), text);
});

test('rubbish is a short key of its own', () => {
  const keys = ['', 'unknown', '127.1', '01.2.3.4', '1:2', '::ffff:1.2.3.04', 'x'.repeat(1_000)].map(addressKey);
  for (const { high } of keys) assert.equal(high, 1);
  assert.equal(new Set(keys.map(({ low }) => low)).size, keys.length);
  assert.deepEqual(
    addressKey('x'.repeat(1_000)),
    addressKey('x'.repeat(64)),
    'what is behind 64 characters is not looked at',
  );
});
