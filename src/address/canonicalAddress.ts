import { type AddressWords, addressWords, ipv4Number, isIpv4, readAddress } from './readAddress.ts';

const read = addressWords();

/** The one spelling of an address, for logs, comparisons and whatever counts by text; undefined: it is none. */
export function canonicalAddress(text: string): string | undefined {
  // Four decimal numbers without leading zeros have no second spelling.
  if (ipv4Number(text) !== -1) return text;
  return readAddress(text, read) === 0 ? undefined : addressText(read);
}

/**
 * The same for what our own socket says of its peer, the one place where a zone (`fe80::1%eth0`) is taken off: it names a
 * network card of this machine, which no rule, list or log can look up. What is no address stays as it is.
 */
export function peerAddressText(text: string): string {
  const zone = text.indexOf('%');
  const bare = zone === -1 ? text : text.slice(0, zone);
  return canonicalAddress(bare) ?? text;
}

/** IPv4 as four numbers, IPv6 as RFC 5952 spells it; words of another prefix than `::ffff:0:0/96` are never written with dots. */
export function addressText(words: AddressWords): string {
  if (isIpv4(words)) {
    const ipv4 = words[3]!;
    return `${ipv4 >>> 24}.${(ipv4 >>> 16) & 255}.${(ipv4 >>> 8) & 255}.${ipv4 & 255}`;
  }
  const { from, to } = longestZeros(words);
  let text = '';
  for (let place = 0; place < 8; place += 1) {
    if (place === from) text += '::';
    if (place >= from && place < to) continue;
    text += place === 0 || place === to ? groupOf(words, place).toString(16) : `:${groupOf(words, place).toString(16)}`;
  }
  return text;
}

function groupOf(words: AddressWords, place: number): number {
  const word = words[place >> 1]!;
  return (place & 1) === 0 ? word >>> 16 : word & 0xffff;
}

/** RFC 5952 section 4.2: the longest run of two or more zero groups, the first of equals; empty where there is none. */
function longestZeros(words: AddressWords): { from: number; to: number } {
  const longest = { from: -1, to: -1 };
  let from = 0;
  for (let place = 0; place <= 8; place += 1) {
    if (place < 8 && groupOf(words, place) === 0) continue;
    if (place - from >= 2 && place - from > longest.to - longest.from) {
      longest.from = from;
      longest.to = place;
    }
    from = place + 1;
  }
  return longest;
}
