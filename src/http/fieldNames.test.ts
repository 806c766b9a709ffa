import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fieldHash,
  fieldNameOf,
  fieldNumber,
  fieldNumberOf,
  findSentFieldName,
  knownFieldNames,
} from './fieldNames.ts';

function find(text: string) {
  const bytes = Buffer.from(`::${text}::`);
  let hash = 0;
  for (const octet of Buffer.from(text)) hash = fieldHash(hash, octet);
  return findSentFieldName(bytes, 2, 2 + text.length, hash);
}

test('every known name has one number, and is found in its usual spellings', () => {
  assert.equal(new Set(knownFieldNames).size, knownFieldNames.length);
  for (const name of knownFieldNames) {
    const number = fieldNumber(name);
    assert.equal(fieldNameOf(number), name);
    assert.equal(fieldNumberOf(name.toUpperCase()), number);
    const title = name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
    for (const text of [name, title]) assert.deepEqual(find(text), { text, number });
  }
  assert.deepEqual(find('Sec-WebSocket-Key'), { text: 'Sec-WebSocket-Key', number: fieldNumber('sec-websocket-key') });
});

test('other names have none', () => {
  for (const name of ['', 'x', 'Hos', 'Hostt', 'hOST', '__proto__', 'constructor'])
    assert.equal(find(name), undefined, name);
  for (const name of ['', 'x', 'Hos', 'Hostt', '__proto__', 'constructor']) assert.equal(fieldNumberOf(name), 0, name);
});

test('a name with the hash of another is told from it', () => {
  // 31 a + b = 31 (a + 1) + (b - 31)
  const impostor = `I${String.fromCharCode('o'.charCodeAt(0) - 31)}st`;
  let [hash, other] = [0, 0];
  for (const octet of Buffer.from('Host')) hash = fieldHash(hash, octet);
  for (const octet of Buffer.from(impostor)) other = fieldHash(other, octet);
  assert.equal(hash, other);
  assert.equal(find(impostor), undefined);
});
