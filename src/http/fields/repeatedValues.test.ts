import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../kernel/random.ts';
import { fieldNumber } from './fieldNames.ts';
import { RepeatedValues } from './repeatedValues.ts';

const userAgent = fieldNumber('user-agent');

function share(values: RepeatedValues, text: string, number = userAgent): string {
  const octets = Buffer.from(`: ${text}\r\n`, 'latin1');
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  return values.share(number, text, view, 2, 2 + text.length);
}

test('a value is kept from its second coming on, and once', () => {
  const values = new RepeatedValues();
  const kept = [1, 2, 3, 4].map(() => {
    assert.equal(share(values, 'curl/8.5.0'), 'curl/8.5.0');
    return values.size;
  });
  assert.deepEqual(kept, [0, 1, 1, 1]);
});

test('values that never come again are never kept, nor are those of other fields, short ones or long ones', () => {
  const values = new RepeatedValues();
  for (let index = 0; index < 10_000; index += 1) share(values, `agent number ${index}`);
  for (const text of ['curl/8', 'x'.repeat(257), '']) for (let time = 0; time < 3; time += 1) share(values, text);
  for (let time = 0; time < 3; time += 1) share(values, 'sid=0123456789', fieldNumber('cookie'));
  for (let time = 0; time < 3; time += 1) share(values, 'sid=0123456789', 0);
  assert.equal(values.size, 0);
});

test('whatever values share a place, each gets its own text', () => {
  const values = new RepeatedValues();
  const random = seededRandom(5);
  // They differ where no mark looks: one place for all of them.
  const alike = Array.from({ length: 5 }, (_, index) => `Mozilla/5.0 ${index} ${'\xff'.repeat(120)} Gecko`);
  for (let time = 0; time < 200; time += 1) {
    const text = alike[Math.floor(random.next() * alike.length)]!;
    assert.equal(share(values, text), text);
  }
  assert.equal(values.size, 2, 'a place has room for two');
  for (let time = 0; time < 20_000; time += 1) {
    const length = Math.floor(random.next() * 300);
    const text = Array.from({ length }, () => String.fromCharCode(32 + Math.floor(random.next() * 3))).join('');
    assert.equal(share(values, text), text);
  }
});
