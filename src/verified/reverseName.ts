import { addressWords, readAddress } from '../address/index.ts';
import { assert } from '../kernel/assert.ts';

/** The name under which an address's names stand: `7.2.0.192.in-addr.arpa`, nibbles under `ip6.arpa` (RFC 3596). */
export function reverseName(address: string): string {
  const words = addressWords();
  const family = readAddress(address, words);
  assert(family !== 0, 'only addresses are asked for');
  if (family === 4) {
    return `${[0, 8, 16, 24].map((shift) => (words[3]! >>> shift) & 255).join('.')}.in-addr.arpa`;
  }
  const digits = [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
  return `${[...digits].reverse().join('.')}.ip6.arpa`;
}
