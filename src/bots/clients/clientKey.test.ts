import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientKey } from './clientKey.ts';

test('an IPv4 address is a client, also when written as IPv6', () => {
  assert.equal(clientKey('192.0.2.1'), '192.0.2.1');
  assert.equal(clientKey('::ffff:192.0.2.1'), '192.0.2.1');
});

test('the /64 of an IPv6 address is a client, however it is written', () => {
  const key = clientKey('2001:db8:1:2:3:4:5:6');
  assert.equal(key, '2001:db8:1:2/64');
  for (const same of ['2001:0DB8:0001:0002::9', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::9%eth0']) {
    assert.equal(clientKey(same), key, same);
  }
  assert.notEqual(clientKey('2001:db8:1:3::1'), key);
  assert.equal(clientKey('::1'), '0:0:0:0/64');
  assert.equal(clientKey('fe80::1'), 'fe80:0:0:0/64');
  assert.equal(clientKey('2001:db8::'), '2001:db8:0:0/64');
});

test('rubbish is a short key of its own', () => {
  assert.equal(clientKey(''), '');
  assert.ok(clientKey('x'.repeat(1_000)).length <= 64);
  assert.ok(clientKey(':'.repeat(1_000)).length <= 80);
});
