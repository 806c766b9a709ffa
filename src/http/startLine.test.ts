import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readContentLength, readVersion, skipEmptyLines } from './startLine.ts';

test('versions', () => {
  const version = (text: string) => readVersion(Buffer.from(text), 0, text.length);
  assert.equal(version('HTTP/1.1'), 1);
  assert.equal(version('HTTP/1.0 rest'), 0);
  for (let length = 0; length < 8; length++) assert.equal(version('HTTP/1.1'.slice(0, length)), 'more');
  for (const text of ['HTTP/1.2', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/0.1'])
    assert.equal(version(text), 'version-unsupported', text);
  for (const text of ['http/1.1', 'HTTP/1,1', 'HTTP/a.1', 'HTTP/1.a', 'HTTP 1.1', 'HTTP/11.1', 'X']) {
    assert.equal(version(text), 'start-line-invalid', text);
  }
});

test('whole numbers of up to sixteen digits', () => {
  assert.equal(readContentLength('0'), 0);
  assert.equal(readContentLength('0000000000000042'), 42);
  assert.equal(readContentLength('9007199254740991'), Number.MAX_SAFE_INTEGER);
  for (const text of ['', '+1', '-1', ' 1', '1 ', '1.0', '1e3', '0x1', 'a', '1,1', '00000000000000042', '\xb2']) {
    assert.equal(readContentLength(text), undefined, text);
  }
});

test('two empty lines are skipped, half of one is waited for', () => {
  const skipped = (text: string) => skipEmptyLines(Buffer.from(text), 0, text.length);
  assert.deepEqual(['G', '\r\nG', '\r\n\r\nG', '\r\n\r\n\r\nG', '\nG', '\rG'].map(skipped), [0, 2, 4, 4, 0, 0]);
  assert.deepEqual(['', '\r', '\r\n', '\r\n\r'].map(skipped), [0, 1, 2, 3]);
});
