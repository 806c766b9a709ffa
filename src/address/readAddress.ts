import { addressLimits } from './limits.ts';

/**
 * An address as 128 bits in four words, the first ones first. An IPv4 address is the IPv6 address that it is mapped to
 * (`::ffff:0:0/96`, RFC 4291 section 2.5.5.2), so that both are one order of numbers and one address is one value.
 */
export type AddressWords = Uint32Array;

/** 0: it is no address. */
export type IpFamily = 0 | 4 | 6;

/** The third word of an IPv4 address. */
const mapped = 0xffff;
const [dot, colon, zero] = [0x2e, 0x3a, 0x30];
/** Shared: nothing is kept here from one reading to the next. */
const groups = new Uint16Array(8);

/** Words to read into; whoever reads per request keeps some. */
export function addressWords(): AddressWords {
  return new Uint32Array(4);
}

/**
 * The one reader of IP text: asked per request, it makes nothing and looks at each character once. What it takes, and what
 * it refuses because other software reads it as another address or only this machine can, stands in
 * docs/decisions/2026-12-01-one-reader-of-addresses.md. The words say nothing where the answer is 0.
 */
export function readAddress(text: string, words: AddressWords): IpFamily {
  const { length } = text;
  if (length < 2 || length > addressLimits.addressCharsMax) return 0;
  // A group has four digits at most, so an IPv6 address has a colon among its first five characters.
  for (let at = 0; at < 5 && at < length; at += 1) {
    if (text.charCodeAt(at) === colon) return readIpv6(text, words);
  }
  const number = ipv4Number(text);
  if (number === -1) return 0;
  words[0] = 0;
  words[1] = 0;
  words[2] = mapped;
  words[3] = number;
  return 4;
}

export function isIpv4(words: AddressWords): boolean {
  return words[2] === mapped && words[1] === 0 && words[0] === 0;
}

export function isAddress(text: string): boolean {
  return readAddress(text, unread) !== 0;
}

const unread = addressWords();

/**
 * The 32 bits of four decimal numbers, from `from` to the end of the text; -1: they are something else. A leading zero is
 * octal to some readers and decimal to others, `127.1` and `0x7f000001` are addresses to some: they are addresses to nobody here.
 */
export function ipv4Number(text: string, from = 0): number {
  const { length } = text;
  if (length - from > 15) return -1;
  let address = 0;
  let part = -1;
  let dots = 0;
  for (let at = from; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === dot) {
      if (part < 0 || dots === 3) return -1;
      address = address * 256 + part;
      part = -1;
      dots += 1;
    } else {
      const digit = code - zero;
      if (digit < 0 || digit > 9 || part === 0) return -1;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return -1;
    }
  }
  return dots === 3 && part >= 0 ? address * 256 + part : -1;
}

function readIpv6(text: string, words: AddressWords): IpFamily {
  const { length } = text;
  // The last 32 bits may be written like an IPv4 address, whatever stands before them (RFC 4291 section 2.2).
  const dottedAt = text.includes('.') ? text.lastIndexOf(':') + 1 : length;
  let count = 0;
  /** How many groups stand before `::`. */
  let gap = -1;
  let at = 0;
  if (text.charCodeAt(0) === colon) {
    if (text.charCodeAt(1) !== colon) return 0;
    gap = 0;
    at = 2;
  }
  while (at < length) {
    if (count === 8) return 0;
    if (at === dottedAt) {
      const dotted = ipv4Number(text, at);
      if (dotted === -1 || count > 6) return 0;
      groups[count] = dotted >>> 16;
      groups[count + 1] = dotted & 0xffff;
      count += 2;
      break;
    }
    const from = at;
    let group = 0;
    for (; at < length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === colon) break;
      const digit = hexDigit(code);
      if (digit < 0 || at - from === 4) return 0;
      group = group * 16 + digit;
    }
    if (at === from) return 0;
    groups[count] = group;
    count += 1;
    if (at === length) break;
    at += 1;
    if (at === length) return 0;
    if (text.charCodeAt(at) !== colon) continue;
    if (gap >= 0) return 0;
    gap = count;
    at += 1;
  }
  // `::` stands for one group at least.
  if (gap === -1 ? count !== 8 : count === 8) return 0;
  const missing = 8 - count;
  const before = gap === -1 ? 8 : gap;
  for (let word = 0; word < 4; word += 1) {
    words[word] = groupAt(word * 2, before, missing) * 0x10000 + groupAt(word * 2 + 1, before, missing);
  }
  return isIpv4(words) ? 4 : 6;
}

/** The group at a place of the whole address, where `missing` ones of zero stand behind the first `before`. */
function groupAt(place: number, before: number, missing: number): number {
  if (place < before) return groups[place]!;
  return place < before + missing ? 0 : groups[place - missing]!;
}

function hexDigit(code: number): number {
  if (code >= zero && code <= 0x39) return code - zero;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
