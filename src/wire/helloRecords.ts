import type { HelloRejection } from './clientHello.ts';
import { wireLimits } from './limits.ts';

const recordHeaderBytes = 5;
const handshakeRecord = 22;
const handshakeHeaderBytes = 4;
const clientHello = 1;
/** RFC 8446 section 5.1: the length of a plaintext record MUST NOT exceed 2^14. */
const recordBytesMax = 1 << 14;

export type GatheredHello =
  | { readonly kind: 'more' }
  /** The ClientHello's body is `bytes[from..to)`: in the reader's own bytes where one record holds it, else a copy. */
  | {
      readonly kind: 'done';
      readonly bytes: Uint8Array;
      readonly from: number;
      readonly to: number;
      readonly bytesUsed: number;
    }
  | { readonly kind: 'rejected'; readonly reason: HelloRejection };

/**
 * Finds the first handshake message in TLS records, which may cut it anywhere (RFC 8446 section 5.1), and proves it to
 * be a whole ClientHello within bounds. Refuses as soon as the bytes allow it, before the rest is waited for.
 */
export function gatherHello(bytes: Uint8Array): GatheredHello {
  let at = 0;
  let gathered = 0;
  for (let records = 1; records <= wireLimits.helloRecordsMax; records++) {
    const fault = recordFault(bytes, at);
    if (fault !== undefined) return rejected(fault);
    if (bytes.length - at < recordHeaderBytes) return { kind: 'more' };
    const length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
    const recordEnd = at + recordHeaderBytes + length;
    const needed = messageLength(bytes, at);
    if (typeof needed === 'string') return rejected(needed);
    // More handshake bytes behind the hello: no client may send them before it was answered.
    if (gathered + length > needed) return rejected('hello-malformed');
    if (bytes.length < recordEnd) return { kind: 'more' };
    gathered += length;
    if (gathered === needed) return records === 1 ? inPlace(bytes, recordEnd) : copied(bytes, recordEnd, needed);
    at = recordEnd;
  }
  return rejected('hello-too-fragmented');
}

function recordFault(bytes: Uint8Array, at: number): HelloRejection | undefined {
  const stranger = at === 0 ? 'not-tls' : 'hello-malformed';
  if (at < bytes.length && bytes[at] !== handshakeRecord) return stranger;
  if (at + 1 < bytes.length && bytes[at + 1] !== 3) return stranger;
  if (bytes.length - at < recordHeaderBytes) return undefined;
  const length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
  return length === 0 || length > recordBytesMax ? stranger : undefined;
}

/**
 * Type and length of the handshake message with its header, as far as the records up to the one at `recordAt` tell
 * them; Infinity while they do not. The header itself may be cut by records, so it is walked from the start.
 */
function messageLength(bytes: Uint8Array, recordAt: number): number | HelloRejection {
  let header = 0;
  let read = 0;
  for (let at = 0; at <= recordAt; ) {
    const end = at + recordHeaderBytes + ((bytes[at + 3]! << 8) | bytes[at + 4]!);
    for (let index = at + recordHeaderBytes; index < end && index < bytes.length; index++) {
      if (read === 0 && bytes[index] !== clientHello) return 'not-client-hello';
      header = (header << 8) | bytes[index]!;
      if (++read < handshakeHeaderBytes) continue;
      const length = handshakeHeaderBytes + (header & 0xffffff);
      return length > wireLimits.helloBytesMax ? 'hello-too-large' : length;
    }
    at = end;
  }
  return Number.POSITIVE_INFINITY;
}

function inPlace(bytes: Uint8Array, recordEnd: number): GatheredHello {
  const from = recordHeaderBytes + handshakeHeaderBytes;
  return { kind: 'done', bytes, from, to: recordEnd, bytesUsed: recordEnd };
}

function copied(bytes: Uint8Array, end: number, length: number): GatheredHello {
  const message = new Uint8Array(length);
  let filled = 0;
  for (let at = 0; at < end; ) {
    const from = at + recordHeaderBytes;
    at = from + ((bytes[at + 3]! << 8) | bytes[at + 4]!);
    message.set(bytes.subarray(from, at), filled);
    filled += at - from;
  }
  return { kind: 'done', bytes: message, from: handshakeHeaderBytes, to: length, bytesUsed: end };
}

function rejected(reason: HelloRejection): GatheredHello {
  return { kind: 'rejected', reason };
}
