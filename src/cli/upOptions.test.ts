import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readArguments } from './terminal/arguments.ts';
import { parseAdminListen, parseHostPort, parseWorkerMemory, upFlags, upOptions } from './upOptions.ts';

function parseUpOptions(args: readonly string[]) {
  const read = readArguments(args, upFlags);
  return read.ok ? upOptions(read.value.values) : read;
}

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

test('the admin socket is for this machine, and a memory limit is one that a worker can live with', () => {
  assert.deepEqual(parseAdminListen('--admin-listen', '[::1]:9090'), { host: '::1', port: 9090 });
  for (const wrong of ['0.0.0.0:9090', '10.0.0.1:9090', '[::]:9090', 'example.com:9090', '127.0.0.1.evil.example:1']) {
    assert.throws(() => parseAdminListen('--admin-listen', wrong), /loopback/, wrong);
  }
  assert.equal(parseWorkerMemory('--worker-memory-max', '512'), 512);
  for (const wrong of ['64', '1e3', '-1', '512MiB']) {
    assert.throws(() => parseWorkerMemory('--worker-memory-max', wrong), /from 256 to 65536/, wrong);
  }
});
