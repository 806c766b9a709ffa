import { headLimits } from './fields/limits.ts';
import type { MessageFault } from './fields/messageFaults.ts';
import { carriageReturn, lineFeed, zero } from './fields/octets.ts';

const protocol = [0x48, 0x54, 0x54, 0x50, 0x2f];
const dot = 0x2e;

/**
 * Where a first line begins. Clients of long ago send an empty line behind a body (RFC 9112 section 2.2), and aiohttp
 * 4.0.0a2 sent one behind 100 (Continue); llhttp takes both.
 */
export function skipEmptyLines(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (let lines = 0; lines < headLimits.emptyLinesMax; lines++) {
    if (at + 1 >= end || bytes[at] !== carriageReturn || bytes[at + 1] !== lineFeed) break;
    at += 2;
  }
  // Half an empty line: the rest of it is on its way.
  return at + 1 === end && bytes[at] === carriageReturn ? end : at;
}

/** Reads `HTTP/1.1` or `HTTP/1.0` (eight octets) from `start` on: its minor number, or that more is needed, or the fault. */
export function readVersion(bytes: Uint8Array, start: number, end: number): 0 | 1 | 'more' | MessageFault {
  for (let index = 0; index < 8; index++) {
    if (start + index >= end) return 'more';
    const octet = bytes[start + index]!;
    if (index < 5 ? octet !== protocol[index] : index === 6 ? octet !== dot : octet < zero || octet > zero + 9) {
      return 'start-line-invalid';
    }
  }
  const minor = bytes[start + 7]! - zero;
  return bytes[start + 5] === zero + 1 && (minor === 0 || minor === 1) ? minor : 'version-unsupported';
}

/** The whole number that `text` is, at most 16 digits; undefined: it is none. */
export function readContentLength(text: string): number | undefined {
  if (text.length === 0 || text.length > 16) return undefined;
  let number = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - zero;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}
