import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldScanner } from './fieldLines.ts';
import { fieldNumber } from './fieldNames.ts';

const scanner = new FieldScanner(3);

function scan(text: string): number | string {
  const bytes = Buffer.from(text, 'latin1');
  const next = scanner.scan(bytes, 0, bytes.length);
  return next === -1 ? scanner.fault : next;
}

test('lines are given as sent, with the numbers of their names', () => {
  const bytes = Buffer.from('--Host: a\r\nX-y:\t b c \t\r\nCoOkIe:\r\n\r\nrest', 'latin1');
  const next = scanner.scan(bytes, 2, bytes.length);
  assert.equal(bytes.toString('latin1', next), 'rest');
  assert.deepEqual(scanner.take(bytes.toString('latin1', 2, next), 2), {
    raw: ['Host', 'a', 'X-y', 'b c', 'CoOkIe', ''],
    numbers: [fieldNumber('host'), 0, fieldNumber('cookie')],
  });
  assert.equal(scan('\r\n'), 2);
  assert.deepEqual(scanner.take('\r\n', 0), { raw: [], numbers: [] }, 'nothing of the lines before');
});

test('every octet of every position: waited for, or refused', () => {
  const text = 'A: b\r\nC:d\r\n\r\n';
  for (let end = 0; end < text.length; end++) assert.equal(scan(text.slice(0, end)), 0, `${end}`);
  for (let octet = 0; octet < 256; octet++) {
    const character = String.fromCharCode(octet);
    const isToken = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character);
    const inName = scan(`a${character}a: b\r\n\r\n`);
    if (character === ':') assert.equal(inName, 10);
    else if (isToken) assert.equal(inName, 10);
    else assert.equal(inName, '\r\n'.includes(character) ? 'line-end-invalid' : 'field-name-invalid', `${octet}`);
    const inValue = scan(`a: b${character}b\r\n\r\n`);
    if (octet === 9 || (octet >= 32 && octet !== 127)) assert.equal(inValue, 10, `${octet}`);
    else assert.equal(inValue, '\r\n'.includes(character) ? 'line-end-invalid' : 'field-value-invalid', `${octet}`);
  }
});

test('what is no field line', () => {
  const cases: readonly (readonly [text: string, fault: string])[] = [
    [': b\r\n\r\n', 'field-name-invalid'],
    ['a\r\n\r\n', 'line-end-invalid'],
    ['a : b\r\n\r\n', 'field-name-invalid'],
    ['a\t: b\r\n\r\n', 'field-name-invalid'],
    [' a: b\r\n\r\n', 'field-folded'],
    ['\ta: b\r\n\r\n', 'field-folded'],
    ['a: b\r\n c\r\n\r\n', 'field-folded'],
    ['a: b\n\r\n', 'line-end-invalid'],
    ['a: b\r\r\n', 'line-end-invalid'],
    ['a: b\r\n\n', 'line-end-invalid'],
    ['a: b\r\n\rx', 'line-end-invalid'],
    ['a:1\r\na:2\r\na:3\r\na:4\r\n\r\n', 'headers-too-many'],
  ];
  for (const [text, fault] of cases) assert.equal(scan(text), fault, JSON.stringify(text));
});

test('a tab behind a value is told from none', () => {
  for (const [text, has] of [
    ['a:b\r\n\r\n', false],
    ['a:\tb \r\n\r\n', false],
    ['a:b\tc\r\n\r\n', false],
    ['a:b \t \r\n\r\n', true],
    ['a:\t\r\n\r\n', false],
  ] as const) {
    const bytes = Buffer.from(text);
    scanner.scan(bytes, 0, bytes.length);
    assert.equal(scanner.hasTabBehind(bytes, 0), has, JSON.stringify(text));
  }
});
