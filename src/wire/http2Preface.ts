import { wireLimits } from './limits.ts';
import { type PseudoHeader, readPseudoHeaders } from './pseudoHeaders.ts';

/** Why a connection's first bytes give no HTTP/2 preface: closed list, also the metric label. */
export const prefaceRefusals = {
  'not-http2': 'the connection does not begin with the HTTP/2 client preface',
  'settings-missing': 'the first frame is not SETTINGS',
  'settings-too-many': 'the first SETTINGS frame has more than 32 settings',
  'preface-too-long': 'the first request’s pseudo-headers did not end within 16 KiB and 64 frames',
  'frame-too-large': 'a frame is larger than 16 KiB before that was agreed',
  'frame-malformed': 'a frame has a length, stream or value that its type forbids',
  'frame-unexpected': 'a frame came that may not stand before the first request',
  'header-block-malformed': 'the first header block is not valid HPACK',
} as const;
export type PrefaceRefusal = keyof typeof prefaceRefusals;

/** How a client opens HTTP/2, as far as clients differ in it. */
export interface Http2Preface {
  /** Identifier and value of the first SETTINGS frame, in the sent order. */
  readonly settings: readonly (readonly [identifier: number, value: number])[];
  /** Of the first WINDOW_UPDATE on the connection; 0 when none came. */
  readonly windowIncrement: number;
  readonly priorities: readonly Http2Priority[];
  /** Of the first request, in order; empty while none came. */
  readonly pseudoHeaders: readonly PseudoHeader[];
}

/** A PRIORITY frame (RFC 7540 section 6.3; deprecated since, and telling where still sent). */
export interface Http2Priority {
  readonly stream: number;
  readonly isExclusive: boolean;
  readonly dependsOn: number;
  /** 1 to 256: one more than the byte on the wire. */
  readonly weight: number;
}

export type Http2PrefaceRead =
  /**
   * `soFar`: what is known once the first SETTINGS frame is whole. Clients may wait for the server's settings before
   * they ask for anything, so whoever holds the bytes back must let go when this is no longer null or on a deadline.
   */
  | { readonly kind: 'more'; readonly soFar: Http2Preface | null }
  /** `bytesUsed`: everything before the first HEADERS frame. A peek: all bytes still belong to the HTTP/2 stack. */
  | { readonly kind: 'done'; readonly preface: Http2Preface; readonly bytesUsed: number }
  | { readonly kind: 'refused'; readonly reason: PrefaceRefusal };

const magic = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const frameHeaderBytes = 9;
const frameType = {
  headers: 1,
  priority: 2,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
const flag = { ack: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

/**
 * Reads the HTTP/2 client preface (RFC 9113 section 3.4) and the frames up to the pseudo-headers of the first request
 * from all decrypted bytes so far. Stateless: call it again with more bytes after `more`; what it once said of a
 * beginning, `more` apart, it says of every longer one.
 */
export function readHttp2Preface(bytes: Uint8Array): Http2PrefaceRead {
  for (let index = 0; index < bytes.length && index < magic.length; index++) {
    if (bytes[index] !== magic[index]) return refused('not-http2');
  }
  const isAll = bytes.length < wireLimits.prefaceBytesMax;
  const read = readFrames(isAll ? bytes : bytes.subarray(0, wireLimits.prefaceBytesMax));
  return read.kind === 'more' && !isAll ? refused('preface-too-long') : read;
}

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly from: number;
  readonly to: number;
}

type Draft = { -readonly [Key in keyof Http2Preface]: Http2Preface[Key] } & { priorities: Http2Priority[] };

function readFrames(bytes: Uint8Array): Http2PrefaceRead {
  let draft: Draft | null = null;
  let at = magic.length;
  for (let frames = 0; frames < wireLimits.prefaceFramesMax; frames++) {
    const frame = frameAt(bytes, at);
    if (frame === undefined) return { kind: 'more', soFar: draft };
    const fault = draft === null ? firstFrameFault(frame) : frameFault(frame);
    if (fault !== undefined) return refused(fault);
    if (frame.type === frameType.headers) {
      const order = readRequest(bytes, frame, wireLimits.prefaceFramesMax - frames);
      if (typeof order === 'string') return order === 'more' ? { kind: 'more', soFar: draft } : refused(order);
      return { kind: 'done', preface: { ...draft!, pseudoHeaders: order }, bytesUsed: at };
    }
    if (bytes.length < frame.to) return { kind: 'more', soFar: draft };
    if (draft === null) {
      draft = { settings: settingsOf(bytes, frame), windowIncrement: 0, priorities: [], pseudoHeaders: [] };
    } else if (!take(draft, bytes, frame)) {
      return refused('frame-malformed');
    }
    at = frame.to;
  }
  return refused('preface-too-long');
}

/** Undefined while its nine bytes are not all here. */
function frameAt(bytes: Uint8Array, at: number): Frame | undefined {
  if (bytes.length < at + frameHeaderBytes) return undefined;
  const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  const from = at + frameHeaderBytes;
  const stream = quad(bytes, at + 5) & 0x7fffffff;
  return { type: bytes[at + 3]!, flags: bytes[at + 4]!, stream, from, to: from + length };
}

function firstFrameFault(frame: Frame): PrefaceRefusal | undefined {
  if (frame.type !== frameType.settings || frame.flags & flag.ack) return 'settings-missing';
  return (
    frameFault(frame) ?? (frame.to - frame.from > wireLimits.prefaceSettingsMax * 6 ? 'settings-too-many' : undefined)
  );
}

/** What the frame's nine bytes alone say against it (RFC 9113 section 6). */
function frameFault(frame: Frame): PrefaceRefusal | undefined {
  const length = frame.to - frame.from;
  if (length > wireLimits.frameBytesMax) return 'frame-too-large';
  const wrongUnless = (isRight: boolean) => (isRight ? undefined : 'frame-malformed');
  switch (frame.type) {
    case frameType.headers:
      return wrongUnless(frame.stream % 2 === 1);
    case frameType.priority:
      return wrongUnless(length === 5 && frame.stream !== 0);
    case frameType.settings:
      return wrongUnless(frame.stream === 0 && (frame.flags & flag.ack ? length === 0 : length % 6 === 0));
    case frameType.ping:
      return wrongUnless(length === 8 && frame.stream === 0);
    case frameType.goAway:
      return wrongUnless(length >= 8 && frame.stream === 0);
    case frameType.windowUpdate:
      if (frame.stream !== 0) return 'frame-unexpected';
      return wrongUnless(length === 4);
    default:
      // Types that nobody knew in 2015 are to be ignored (section 4.1); the others need an open stream.
      return frame.type > frameType.continuation ? undefined : 'frame-unexpected';
  }
}

/** Adds what a whole frame says; false where its content is forbidden. */
function take(draft: Draft, bytes: Uint8Array, frame: Frame): boolean {
  if (frame.type === frameType.windowUpdate) {
    const increment = quad(bytes, frame.from) & 0x7fffffff;
    if (draft.windowIncrement === 0) draft.windowIncrement = increment;
    return increment > 0;
  }
  if (frame.type === frameType.priority) {
    const dependency = quad(bytes, frame.from);
    draft.priorities.push({
      stream: frame.stream,
      isExclusive: dependency >>> 31 === 1,
      dependsOn: dependency & 0x7fffffff,
      weight: bytes[frame.from + 4]! + 1,
    });
  }
  return true;
}

function settingsOf(bytes: Uint8Array, frame: Frame): [number, number][] {
  const settings: [number, number][] = [];
  for (let at = frame.from; at < frame.to; at += 6) {
    settings.push([(bytes[at]! << 8) | bytes[at + 1]!, quad(bytes, at + 2) >>> 0]);
  }
  return settings;
}

/** The order of pseudo-headers in a HEADERS frame and the CONTINUATION frames behind it, as soon as it is told. */
function readRequest(
  bytes: Uint8Array,
  headers: Frame,
  framesMax: number,
): readonly PseudoHeader[] | PrefaceRefusal | 'more' {
  const first = fragmentOf(bytes, headers);
  if (typeof first === 'string') return first;
  const joined = new JoinedFragments(first, bytes.length);
  let block = first;
  let frame = headers;
  for (let frames = 1; frames <= framesMax; frames++) {
    const isWhole = (frame.flags & flag.endHeaders) !== 0 && bytes.length >= frame.to;
    const read = readPseudoHeaders(block, isWhole);
    if (read.kind === 'done') return read.order;
    if (read.kind === 'malformed') return 'header-block-malformed';
    const next = bytes.length < frame.to || frame.flags & flag.endHeaders ? undefined : frameAt(bytes, frame.to);
    if (next === undefined) return 'more';
    if (next.type !== frameType.continuation || next.stream !== frame.stream) return 'frame-unexpected';
    if (next.to - next.from > wireLimits.frameBytesMax) return 'frame-too-large';
    block = joined.add(bytes.subarray(next.from, next.to));
    frame = next;
  }
  return 'preface-too-long';
}

/** Copies fragments once, however many there are; most blocks have one and copy nothing. */
class JoinedFragments {
  readonly #first: Uint8Array;
  readonly #bytesMax: number;
  #bytes: Uint8Array | undefined;
  #length: number;

  constructor(first: Uint8Array, bytesMax: number) {
    this.#first = first;
    this.#bytesMax = bytesMax;
    this.#length = first.length;
  }

  /** All so far with this one behind. */
  add(fragment: Uint8Array): Uint8Array {
    if (this.#bytes === undefined) {
      this.#bytes = new Uint8Array(this.#bytesMax);
      this.#bytes.set(this.#first);
    }
    this.#bytes.set(fragment, this.#length);
    this.#length += fragment.length;
    return this.#bytes.subarray(0, this.#length);
  }
}

/** The header block's part in a HEADERS frame, without padding and priority, as far as it is here. */
function fragmentOf(bytes: Uint8Array, frame: Frame): Uint8Array | 'frame-malformed' | 'more' {
  const isPadded = (frame.flags & flag.padded) !== 0;
  const from = frame.from + (isPadded ? 1 : 0) + (frame.flags & flag.priority ? 5 : 0);
  if (isPadded && bytes.length <= frame.from) return 'more';
  const to = frame.to - (isPadded ? bytes[frame.from]! : 0);
  return from > to ? 'frame-malformed' : bytes.subarray(from, to);
}

function quad(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function refused(reason: PrefaceRefusal): Http2PrefaceRead {
  return { kind: 'refused', reason };
}
