import { isIPv4, isIPv6 } from 'node:net';
import { assert } from '../kernel/assert.ts';

/**
 * Writes an address as four words of 32 bits at `at`; IPv4 as the IPv6 address that it is mapped to (RFC 4291 section
 * 2.5.5.2), so that both are one order of numbers. false: it is no address (one with a zone is none).
 */
export function writeAddress(text: string, words: Uint32Array, at = 0): boolean {
  if (isIPv4(text)) {
    words.set([0, 0, 0xffff, dottedWord(text)], at);
    return true;
  }
  if (text.includes('%') || !isIPv6(text)) return false;
  const dotted = text.lastIndexOf('.') === -1 ? -1 : text.lastIndexOf(':') + 1;
  const groups = groupsOf(dotted === -1 ? text : text.slice(0, dotted) + dottedGroups(text.slice(dotted)));
  for (let word = 0; word < 4; word += 1)
    words[at + word] = (groups[word * 2]! * 0x10000 + groups[word * 2 + 1]!) >>> 0;
  return true;
}

function dottedWord(text: string): number {
  const [a, b, c, d] = text.split('.');
  return ((Number(a) << 24) | (Number(b) << 16) | (Number(c) << 8) | Number(d)) >>> 0;
}

function dottedGroups(text: string): string {
  const word = dottedWord(text);
  return `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
}

/** The eight groups of an address that is known to be one. */
function groupsOf(text: string): number[] {
  const gap = text.indexOf('::');
  const read = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  if (gap === -1) return read(text);
  const front = read(text.slice(0, gap));
  const back = read(text.slice(gap + 2));
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
}

/** The name under which an address's names stand: `7.2.0.192.in-addr.arpa`, nibbles under `ip6.arpa` (RFC 3596). */
export function reverseName(address: string): string {
  const words = new Uint32Array(4);
  const isAddress = writeAddress(address, words);
  assert(isAddress, 'only addresses are asked for');
  const digits = [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
  if (!digits.startsWith(`${'0'.repeat(20)}ffff`)) return `${[...digits].reverse().join('.')}.ip6.arpa`;
  return `${[24, 16, 8, 0]
    .map((shift) => (words[3]! >>> shift) & 255)
    .reverse()
    .join('.')}.in-addr.arpa`;
}
