/** A parsed IP address: 4 or 16 bytes. IPv4 inside IPv6 (`::ffff:192.0.2.1`) is IPv4. */
export interface Address {
  readonly bytes: readonly number[];
}

/** A parsed CIDR: an address's first `prefixBits` bits. */
export interface Network {
  readonly bytes: readonly number[];
  readonly prefixBits: number;
}

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a single address. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const bitsMax = address.bytes.length * 8;
  if (slash < 0) return { bytes: address.bytes, prefixBits: bitsMax };
  const bits = text.slice(slash + 1);
  if (!/^(0|[1-9][0-9]{0,2})$/.test(bits) || Number(bits) > bitsMax) return undefined;
  return { bytes: address.bytes, prefixBits: Number(bits) };
}

export function networkHolds(network: Network, address: Address): boolean {
  if (network.bytes.length !== address.bytes.length) return false;
  const wholeBytes = network.prefixBits >> 3;
  for (let index = 0; index < wholeBytes; index++) {
    if (network.bytes[index] !== address.bytes[index]) return false;
  }
  const restBits = network.prefixBits & 7;
  if (restBits === 0) return true;
  const mask = 0xff << (8 - restBits);
  return ((network.bytes[wholeBytes]! ^ address.bytes[wholeBytes]!) & mask & 0xff) === 0;
}

/** Reads an address in its usual text forms; a zone (`%eth0`) is none of them. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Address | undefined {
  const bytes: number[] = [];
  let value = -1;
  for (let index = 0; index <= text.length; index++) {
    const code = index < text.length ? text.charCodeAt(index) : 46;
    if (code === 46) {
      if (value < 0 || bytes.length === 4) return undefined;
      bytes.push(value);
      value = -1;
    } else if (code >= 48 && code <= 57) {
      // A leading zero is octal to some readers and decimal to others, so it is an address to nobody here.
      if (value === 0) return undefined;
      value = (value < 0 ? 0 : value * 10) + code - 48;
      if (value > 255) return undefined;
    } else return undefined;
  }
  return bytes.length === 4 ? { bytes } : undefined;
}

function parseIpv6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  const bytes = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return { bytes: isMapped ? bytes.slice(12) : bytes };
}

/** Bytes of `2001:db8:1`, or of `ffff:192.0.2.1` where the dotted form may end the text. */
function parseGroups(text: string, mayEndDotted: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (mayEndDotted && index === groups.length - 1 && group.includes('.')) {
      const dotted = parseIpv4(group);
      if (dotted === undefined) return undefined;
      bytes.push(...dotted.bytes);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes.length > 16 ? undefined : bytes;
}
