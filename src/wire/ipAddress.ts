/*
 * Addresses as PROXY headers carry them, always given out in one spelling (RFC 5952; IPv4 seen through an IPv6 socket
 * as IPv4), because what counts per client must not count one client twice.
 */

const ipv4Pattern = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const groupPattern = /^[0-9a-fA-F]{1,4}$/;

/** Four decimal numbers without leading zeros; undefined when the text is anything else. */
export function readIpv4(text: string): string | undefined {
  return ipv4Pattern.test(text) ? text : undefined;
}

/** An IPv6 address without zone, the last 32 bits also in dotted form (as inet_ntop writes mapped ones). */
export function readIpv6(text: string): string | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return ipv6FromGroups([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

/** Colon-separated groups; a dotted tail is allowed where the address ends. Empty text is no groups. */
function groupsOf(text: string, mayEndDotted: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (groupPattern.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else if (mayEndDotted && index === parts.length - 1 && ipv4Pattern.test(part)) {
      const [a, b, c, d] = part.split('.').map(Number) as [number, number, number, number];
      groups.push((a << 8) | b, (c << 8) | d);
    } else {
      return undefined;
    }
  }
  return groups;
}

/** Eight 16-bit groups in RFC 5952's spelling; `::ffff:0:0/96` as IPv4. */
export function ipv6FromGroups(groups: readonly number[]): string {
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return `${groups[6]! >> 8}.${groups[6]! & 255}.${groups[7]! >> 8}.${groups[7]! & 255}`;
  }
  const zeros = longestZeros(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (zeros === undefined) return hex(groups);
  return `${hex(groups.slice(0, zeros.from))}::${hex(groups.slice(zeros.to))}`;
}

/** RFC 5952 section 4.2: the longest run of two or more zero groups, the first of equals. */
function longestZeros(groups: readonly number[]): { from: number; to: number } | undefined {
  let best: { from: number; to: number } | undefined;
  let from = 0;
  for (let index = 0; index <= groups.length; index++) {
    if (groups[index] === 0) continue;
    if (index - from >= 2 && (best === undefined || index - from > best.to - best.from)) best = { from, to: index };
    from = index + 1;
  }
  return best;
}
