import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldNameOf, fieldNumber, fieldNumberOf, findSentFieldName, knownFieldNames } from './fieldNames.ts';

function find(text: string) {
  const bytes = Buffer.from(`::${text}::`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = findSentFieldName(bytes, view, 2, 2 + text.length);
  return found && { text: found.text, number: found.number };
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

test('a name that looks like another where it is looked at first is told from it', () => {
  // Same length, same first, second, middle and last octet.
  assert.equal(find('User-Agont'), undefined);
  assert.equal(find('Accept-Languxge'), undefined);
});
