import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areValueOctets, isValueOctet, tab } from './octets.ts';

test('four octets of a value at once: every octet in every place, beside every other kind', () => {
  for (const beside of [0x20, 0x7e, 0x80, 0xfe]) {
    for (let place = 0; place < 4; place += 1) {
      for (let octet = 0; octet < 256; octet += 1) {
        const octets = Buffer.alloc(4, beside);
        octets[place] = octet;
        const isOne = isValueOctet[octet] === 1 && octet !== tab && octet !== 0xff;
        assert.equal(areValueOctets(octets.readInt32LE()), isOne, `${octet} at ${place} beside ${beside}`);
      }
    }
  }
});
