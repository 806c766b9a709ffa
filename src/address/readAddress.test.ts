import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import { seededRandom } from '../kernel/random.ts';
import { addressWords, readAddress } from './readAddress.ts';

test('addresses are read as node reads them, whatever the text', () => {
  const random = seededRandom(7);
  const pieces = [
    '1',
    '0',
    '255',
    '256',
    '.',
    ':',
    '::',
    'f',
    'ffff',
    'G',
    '%',
    '/',
    '2001',
    'db8',
    '192.0.2.1',
    ' ',
    '00',
    '9',
  ];
  const texts = [
    '::',
    '::1',
    '1::',
    '::ffff:192.0.2.1',
    '::FFFF:1.2.3.4',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    'fe80::1%eth0',
    '1.2.3.4.',
    '.1.2.3',
    '12345::',
    '01.2.3.4',
  ];
  for (let round = 0; round < 20_000; round += 1) {
    texts.push(
      Array.from(
        { length: 1 + Math.floor(random.next() * 9) },
        () => pieces[Math.floor(random.next() * pieces.length)],
      ).join(''),
    );
  }
  let read = 0;
  for (const text of texts) {
    const words = addressWords();
    const family = readAddress(text, words);
    // A zone names a network card, not a network.
    const said = text.includes('%') ? 0 : isIP(text);
    if (said === 0) assert.equal(family, 0, JSON.stringify(text));
    if (said === 4) {
      const [a, b, c, d] = text.split('.').map(Number) as [number, number, number, number];
      assert.deepEqual([family, ...words], [4, 0, 0, 0xffff, ((a * 256 + b) * 256 + c) * 256 + d], text);
    }
    if (said !== 6) continue;
    read += 1;
    const [front = '', back] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
    const list = (part: string | undefined) => (part ? part.split(':').map((group) => Number.parseInt(group, 16)) : []);
    const [before, after] = [list(front), list(back)];
    const all = back === undefined ? before : [...before, ...Array(8 - before.length - after.length).fill(0), ...after];
    assert.deepEqual(
      [...words],
      [0, 2, 4, 6].map((at) => all[at]! * 65_536 + all[at + 1]!),
      text,
    );
    const isMapped = all.slice(0, 6).join() === '0,0,0,0,0,65535';
    assert.equal(family, isMapped ? 4 : 6, text);
  }
  assert.ok(read > 100, `only ${read} were IPv6`);
});
