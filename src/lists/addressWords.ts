/** Where `readAddress` puts what it read: an IPv4 address, or the upper 64 bits of an IPv6 address. */
export interface AddressWords {
  /** 0: the text is no address. */
  family: 0 | 4 | 6;
  /** The IPv4 address, or the upper half. */
  high: number;
  low: number;
}

const [dot, colon, zero] = [0x2e, 0x3a, 0x30];
/** `::ffff:192.0.2.1` is IPv4 seen through IPv6; nothing else with a dot is looked up. */
const mappedPattern = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const groups = new Uint16Array(8);

/**
 * Reads an address as it stands in `RequestHead.clientAddress` without making anything. What is no address (a zone, a name, a leading
 * zero) has no family.
 */
export function readAddress(text: string, into: AddressWords): void {
  into.family = 0;
  into.low = 0;
  const { length } = text;
  if (length < 2 || length > 45) return;
  for (let at = 0; at < 5 && at < length; at += 1) {
    if (text.charCodeAt(at) !== colon) continue;
    const mapped = text.includes('.') ? mappedPattern.exec(text)?.[1] : undefined;
    if (mapped !== undefined) readIpv4(mapped, into);
    else readIpv6(text, into);
    return;
  }
  readIpv4(text, into);
}

function readIpv4(text: string, into: AddressWords): void {
  let address = 0;
  let part = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === dot) {
      if (part < 0 || dots === 3) return;
      address = address * 256 + part;
      part = -1;
      dots += 1;
    } else {
      const digit = code - zero;
      if (digit < 0 || digit > 9 || part === 0) return;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return;
    }
  }
  if (dots !== 3 || part < 0) return;
  into.high = address * 256 + part;
  into.family = 4;
}

function readIpv6(text: string, into: AddressWords): void {
  const { length } = text;
  let count = 0;
  /** How many groups stand before `::`. */
  let gap = -1;
  let at = 0;
  groups.fill(0);
  if (text.charCodeAt(0) === colon) {
    if (text.charCodeAt(1) !== colon) return;
    gap = 0;
    at = 2;
  }
  while (at < length) {
    let group = 0;
    let digits = 0;
    for (; at < length && text.charCodeAt(at) !== colon; at += 1, digits += 1) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit < 0 || digits === 4) return;
      group = group * 16 + digit;
    }
    if (digits === 0 || count === 8) return;
    groups[count] = group;
    count += 1;
    if (at === length) break;
    at += 1;
    if (at === length) return;
    if (text.charCodeAt(at) !== colon) continue;
    if (gap >= 0) return;
    gap = count;
    at += 1;
  }
  if (gap < 0 ? count !== 8 : count > 7) return;
  if (gap >= 0) moveBehindGap(gap, count);
  into.high = groups[0]! * 65_536 + groups[1]!;
  into.low = groups[2]! * 65_536 + groups[3]!;
  into.family = 6;
}

/** Groups behind `::` stand at the end, with zeros before them. */
function moveBehindGap(gap: number, count: number): void {
  const behind = count - gap;
  groups.copyWithin(8 - behind, gap, count);
  groups.fill(0, gap, 8 - behind);
}

function hexDigit(code: number): number {
  if (code >= zero && code <= 0x39) return code - zero;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
