import { BoundedMemo } from '../kernel/boundedMemo.ts';
import { fnvHash } from '../kernel/fnv.ts';
import { addressLimits } from './limits.ts';
import { addressWords, ipv4Number, readAddress } from './readAddress.ts';

/** Who counts as one client, as 64 bits: an IPv4 address, or the /64 of an IPv6 address, since that is what one subscriber gets. */
export interface AddressKey {
  readonly high: number;
  readonly low: number;
}

/*
 * An IPv6 client is its /64, which has 64 bits. The others lie in ::/8, which nobody has: RFC 4291 section 2.4 reserves it.
 * So different clients never share a key, and nobody can make an address whose key is another one's.
 */
const ipv4High = 4;
const otherHigh = 1;

/** In a form that costs nothing to compare, and that every worker makes alike. What is no address is its own key. */
export function addressKey(address: string): AddressKey {
  const ipv4 = ipv4Number(address);
  return ipv4 === -1 ? others.get(address) : { high: ipv4High, low: ipv4 };
}

const words = addressWords();

const others = new BoundedMemo((address: string): AddressKey => {
  const family = readAddress(address, words);
  if (family === 6) return { high: words[0]!, low: words[1]! };
  if (family === 4) return { high: ipv4High, low: words[3]! };
  return { high: otherHigh, low: fnvHash(address, addressLimits.otherCharsMax) };
});
