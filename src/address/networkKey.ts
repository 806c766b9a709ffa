import { addressWords, ipv4Number, readAddress } from './readAddress.ts';

const words = addressWords();

/**
 * The network that an address is counted in: an IPv4 /24, an IPv6 /48 (what one customer of a network usually gets), as
 * `192.0.2.0/24` or `2001:db8:1::/48`; null where the text is no address. Called per request by edges and per record by the
 * factory, which must come to the same text: it is a key of signals, with its third group written out where that is 0.
 */
export function networkKey(address: string): string | null {
  const family = readAddress(address, words);
  if (family === 0) return null;
  if (family === 6) return ipv6Network(words);
  const ipv4 = words[3]!;
  return `${ipv4 >>> 24}.${(ipv4 >>> 16) & 255}.${(ipv4 >>> 8) & 255}.0/24`;
}

/** The same for look-ups per request, without a new text for the many: an IPv4 /24 as a number, an IPv6 /48 as its text. */
export function networkLookupKey(address: string): string | number | null {
  const ipv4 = ipv4Number(address);
  if (ipv4 !== -1) return ipv4 >>> 8;
  const family = readAddress(address, words);
  return family === 0 ? null : family === 4 ? words[3]! >>> 8 : ipv6Network(words);
}

function ipv6Network([first, second]: Uint32Array): string {
  return `${(first! >>> 16).toString(16)}:${(first! & 0xffff).toString(16)}:${(second! >>> 16).toString(16)}::/48`;
}
