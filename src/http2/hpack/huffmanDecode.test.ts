import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitsAsOctets, codeOf, huffman } from '../../../test/http2/blockOctets.ts';
import { seededRandom } from '../../kernel/random.ts';
import { endOfString, huffmanLengths } from './huffmanCode.ts';
import { decodeHuffman, hadInvalidOctet } from './huffmanDecode.ts';

const into = Buffer.alloc(4_096);

function decoded(bytes: Buffer): string | undefined {
  const octets = decodeHuffman(bytes, 0, bytes.length, into);
  return octets < 0 ? undefined : into.toString('latin1', 0, octets);
}

test('the code is whole: each sequence of bits begins with exactly one symbol', () => {
  let share = 0;
  for (const length of huffmanLengths) share += 2 ** -length;
  assert.equal(share, 1);
});

test('codes of each length are those of RFC 7541 Appendix B', () => {
  const codes = { 0: '1111111111000', 32: '010100', 48: '00000', 126: '1111111111101', 97: '00011' };
  for (const [octet, code] of Object.entries(codes)) assert.equal(codeOf(Number(octet)), code);
  assert.equal(codeOf(10), '1'.repeat(28) + '00');
  assert.equal(codeOf(255), '11111111111111111111101110');
  assert.equal(codeOf(endOfString), '1'.repeat(30));
});

test('every octet alone, and every two of them, come back', () => {
  for (let one = 0; one < 256; one++) {
    const alone = String.fromCharCode(one);
    assert.equal(decoded(huffman(alone)), alone);
    for (let other = 0; other < 256; other++) {
      const both = String.fromCharCode(one, other);
      const octets = decodeHuffman(huffman(both), 0, huffman(both).length, into);
      if (octets !== 2 || into[0] !== one || into[1] !== other) assert.fail(`${one} ${other}`);
    }
  }
});

test('texts of any octets come back, and tell of octets that no value has', () => {
  const random = seededRandom(3);
  for (let round = 0; round < 3_000; round++) {
    const isPlain = random.next() < 0.5;
    let sent = '';
    for (let left = random.next() * 60; left > 0; left--) {
      sent += String.fromCharCode(isPlain ? 0x20 + random.next() * 0x5f : random.next() * 256);
    }
    assert.equal(decoded(huffman(sent)), sent);
    assert.equal(hadInvalidOctet, /[\x00-\x08\x0a-\x1f\x7f]/.test(sent), JSON.stringify(sent));
  }
});

test('padding: up to seven ones', () => {
  for (let ones = 0; ones < 24; ones++) {
    for (const sent of ['', '0', 'a', 'ab', 'abcdefgh', ':', '?0', '~~']) {
      const bits = [...Buffer.from(sent)].map(codeOf).join('') + '1'.repeat(ones);
      if (bits.length % 8 !== 0) continue;
      assert.equal(decoded(bitsAsOctets(bits)), ones < 8 ? sent : undefined, `${sent} and ${ones} ones`);
    }
  }
});

test('padding with a zero, a cut symbol and an end of string are refused', () => {
  const code = codeOf(0x61); // Five bits: three are left to fill.
  for (const padding of ['000', '001', '010', '011', '100', '101', '110']) {
    assert.equal(decoded(bitsAsOctets(code + padding)), undefined, padding);
  }
  assert.equal(decoded(bitsAsOctets(code + '111')), 'a');
  const ended = code + codeOf(endOfString) + code;
  assert.equal(decoded(bitsAsOctets(ended)), undefined, 'an end of string in the middle');
  assert.equal(decoded(Buffer.from('ffffffff', 'hex')), undefined, 'an end of string alone');
  const long = huffman('\n');
  for (let octets = 1; octets < long.length; octets++) assert.equal(decoded(long.subarray(0, octets)), undefined);
});
