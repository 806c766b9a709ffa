import { BoundedMemo } from '../../kernel/boundedMemo.ts';
import { clientKey } from './clientKey.ts';
import { textHash } from './textHash.ts';

/** An address as 64 bits. */
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

/** `clientKey` in a form that costs nothing to compare, and that every worker makes alike. */
export function addressKey(address: string): AddressKey {
  const ipv4 = ipv4Of(address);
  return ipv4 === -1 ? others.get(address) : { high: ipv4High, low: ipv4 };
}

const others = new BoundedMemo((address: string): AddressKey => {
  const key = clientKey(address);
  const ipv4 = ipv4Of(key);
  if (ipv4 !== -1) return { high: ipv4High, low: ipv4 };
  const groups = key.endsWith('/64') ? key.slice(0, -3).split(':') : [];
  const [first, second, third, fourth] = groups.map((group) => Number.parseInt(group, 16) & 0xffff);
  return groups.length === 4
    ? { high: ((first! << 16) | second!) >>> 0, low: ((third! << 16) | fourth!) >>> 0 }
    : { high: otherHigh, low: textHash(key) };
});

/** The 32 bits of a dotted address; -1 where it is none. */
function ipv4Of(address: string): number {
  if (address.length > 15) return -1;
  let value = 0;
  let part = -1;
  let dots = 0;
  for (let index = 0; index < address.length; index += 1) {
    const code = address.charCodeAt(index);
    if (code === 46 && part >= 0) {
      value = value * 256 + part;
      part = -1;
      dots += 1;
    } else if (code >= 48 && code <= 57) {
      part = Math.max(part, 0) * 10 + code - 48;
      if (part > 255) return -1;
    } else return -1;
  }
  return dots === 3 && part >= 0 ? value * 256 + part : -1;
}
