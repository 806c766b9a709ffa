import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOption, connectionOptions, keepsAlive } from './connectionOptions.ts';

const { close, keepAlive, upgrade } = connectionOption;

test('options are found between commas, whatever their case and the blanks around them', () => {
  const cases: readonly (readonly [value: string, options: number])[] = [
    ['close', close],
    ['CLOSE', close],
    ['Keep-Alive', keepAlive],
    ['keep-alive, Upgrade', keepAlive | upgrade],
    [' te ,\tclose\t,', close],
    ['', 0],
    [',,', 0],
    ['closed, xclose, close x, "close", close;, keep-alive2', 0],
    ['\xa0close', 0],
  ];
  for (const [value, options] of cases) assert.equal(connectionOptions(value), options, value);
});

test('close wins; HTTP/1.0 stays only when asked', () => {
  assert.deepEqual(
    [0, keepAlive, close, close | keepAlive].map((options) => keepsAlive(options, true)),
    [true, true, false, false],
  );
  assert.deepEqual(
    [0, keepAlive, close, close | keepAlive].map((options) => keepsAlive(options, false)),
    [false, true, false, false],
  );
});
