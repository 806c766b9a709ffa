import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHostPort, parseUpOptions } from './upOptions.ts';

test('no flags at all is the demo', () => {
  const parsed = parseUpOptions([]);
  assert.ok(parsed.ok);
  assert.equal(parsed.value.data, './.holdfast');
  assert.equal(parsed.value.origin, undefined);
});

test('addresses: host and port, IPv6 in brackets, anything else is named with its flag', () => {
  assert.deepEqual(parseHostPort('--listen', '[::1]:80'), { host: '::1', port: 80 });
  assert.deepEqual(parseHostPort('--listen', '0.0.0.0:0'), { host: '0.0.0.0', port: 0 });
  for (const wrong of ['8080', ':8080', '127.0.0.1:70000', '::1:80', 'a:b']) {
    assert.throws(() => parseHostPort('--listen', wrong), /--listen wants HOST:PORT/, wrong);
  }
});

test('what cannot be meant is refused with a sentence', () => {
  for (const args of [
    ['--workers', '0'],
    ['--origin', 'http://a', '--config', 'b'],
    ['--wrokers', '2'],
    ['--factory-every', 'x'],
  ]) {
    const parsed = parseUpOptions(args);
    assert.ok(!parsed.ok, args.join(' '));
    assert.match(parsed.error, /./);
  }
});
