import { addressLimits } from './limits.ts';
import { type AddressWords, addressWords, isIpv4, readAddress } from './readAddress.ts';

/** All addresses of one family that begin alike. */
export interface Network {
  readonly family: 4 | 6;
  /** Of the prefix, among addresses of its family: 0 to 32, or 0 to 128. */
  readonly bits: number;
  readonly first: AddressWords;
  readonly last: AddressWords;
}

/** Where an IPv4 address begins among the 128 bits. */
const mappedBits = 96;
const prefixPattern = /^(?:0|[1-9]\d{0,2})$/;
/** Behind an address: `/128`. */
const prefixCharsMax = 4;

/**
 * Reads `192.0.2.0/24`, `2001:db8::/32` or a single address; bits behind the prefix are left out of account. A prefix counts
 * as the address before it is written: `::ffff:192.0.2.0/120` is `192.0.2.0/24`, and a mapped one shorter than 96 is
 * nothing, since its author may have meant either family.
 */
export function readNetwork(text: string): Network | undefined {
  if (text.length > addressLimits.addressCharsMax + prefixCharsMax) return undefined;
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const first = addressWords();
  const family = readAddress(address, first);
  if (family === 0) return undefined;
  const before = address.includes(':') ? 0 : mappedBits;
  const bits = slash === -1 ? 128 : before + prefixBits(text.slice(slash + 1));
  // Also where it is no number.
  if (!(bits <= 128)) return undefined;
  if (family === 4 && bits < mappedBits) return undefined;
  const last = addressWords();
  for (let word = 0; word < 4; word += 1) {
    const held = Math.min(32, Math.max(0, bits - word * 32));
    const free = held === 32 ? 0 : 0xffffffff >>> held;
    first[word] = (first[word]! & ~free) >>> 0;
    last[word] = (first[word]! | free) >>> 0;
  }
  return { family, bits: family === 4 ? bits - mappedBits : bits, first, last };
}

/** IPv4 addresses are in no IPv6 network, `::/0` included. */
export function networkHolds({ family, first, last }: Network, address: AddressWords): boolean {
  for (let word = 0; word < 4; word += 1) {
    const asked = address[word]!;
    if (asked < first[word]! || asked > last[word]!) return false;
  }
  return family === 4 || !isIpv4(address);
}

function prefixBits(text: string): number {
  return prefixPattern.test(text) ? Number(text) : Number.NaN;
}
