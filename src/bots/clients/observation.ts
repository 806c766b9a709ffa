import { addressKey } from '../../address/index.ts';
import type { RequestHead } from '../../http/requestHead.ts';
import { hashEnd, hashStart, hashStep } from '../../kernel/fnv.ts';
import type { Destination } from '../facts/destination.ts';
import { botLimits } from '../facts/limits.ts';
import { sendsClientHints, userAgentFacts } from '../facts/userAgent.ts';
import { repeatedTextHash, textHash } from './textHash.ts';

/*
 * What the memory of clients takes in of a request or of its answer, in 64 bytes: all that a worker has to tell the others.
 * No text, no cookie, nothing of a body. The byte order is the machine's: observations never leave it.
 */
export const observationBytes = 64;
export const observationWords = observationBytes / 4;
export const observationDoubles = observationBytes / 8;

/** Where each 32-bit word is. Words 0 and 1 are the time: a double, milliseconds on the machine's monotonic clock. */
export const word = {
  high: 2,
  low: 3,
  fingerprint: 4,
  path: 5,
  /** Path of a Referer of the same host; 0 without one. */
  referer: 6,
  userAgent: 7,
  language: 8,
  platform: 9,
  handshake: 10,
  /** The last number in the target, plus 1; 0 without one. */
  number: 11,
  /** The target without it. */
  shape: 12,
  /** The folder that the path lies in. */
  parent: 13,
  /** Flags, the method (bits 8 to 11), the status (bits 16 to 31). */
  flags: 14,
  /** The path without a slash at its end. */
  node: 15,
} as const;

export const flag = {
  answer: 1,
  document: 2,
  asset: 4,
  cookie: 8,
  hasReferer: 16,
  robots: 32,
  setsCookie: 64,
  /** Of a document: fetch metadata says where it was opened from; and that it was opened by its address. */
  opened: 128,
  typed: 8192,
  /** Of a script: without the client hints that the claimed Chromium leaves away only where scripts are off. */
  scriptWithoutHints: 4096,
} as const;

/** Of an answer; unsigned, as it is read again. */
export function answerFlags(status: number, setsCookie: boolean): number {
  return ((status << 16) | flag.answer | (setsCookie ? flag.setsCookie : 0)) >>> 0;
}

/** Of the method word: everything else is 0. */
export const methodNumber: Readonly<Record<string, number>> = { HEAD: 1, POST: 2, OPTIONS: 3 };

/** Room for observations, one behind the other, seen as numbers of each size. */
export class ObservationBatch {
  readonly observationsMax: number;
  readonly bytes: Uint8Array;
  readonly doubles: Float64Array;
  readonly words: Uint32Array;

  constructor(observationsMax: number, memory = new ArrayBuffer(observationsMax * observationBytes)) {
    this.observationsMax = observationsMax;
    this.bytes = new Uint8Array(memory);
    this.doubles = new Float64Array(memory);
    this.words = new Uint32Array(memory);
  }

  /** The whole observations that lie at the beginning of the bytes' memory. */
  static over({ buffer, length }: Uint8Array<ArrayBuffer>): ObservationBatch {
    return new ObservationBatch(Math.floor(length / observationBytes), buffer);
  }

  /** Writes a request at a place of the batch. */
  putRequest(index: number, head: RequestHead, destination: Destination, nowMs: number): void {
    const { headers, path } = head;
    const isDocument = destination === 'document' || destination === 'frame';
    const isAsset = !isDocument && destination !== 'fetch' && destination !== 'other';
    const base = this.#begin(index, head, nowMs);
    const { words } = this;
    words[base + word.referer] = ownRefererHash(head);
    words[base + word.language] = repeatedTextHash(headers['accept-language']);
    words[base + word.platform] = repeatedTextHash(headers['sec-ch-ua-platform']);
    if (isAsset) {
      words[base + word.number] = 0;
      words[base + word.shape] = 0;
      this.#putPath(base, path, 0);
    } else this.#putTarget(base, head);
    words[base + word.flags] =
      (isDocument ? flag.document | openedBy(headers) : isAsset ? flag.asset : 0) |
      (headers.cookie === undefined ? 0 : flag.cookie) |
      (headers.referer === undefined ? 0 : flag.hasReferer) |
      (path === '/robots.txt' ? flag.robots : 0) |
      (lacksHints(headers) ? flag.scriptWithoutHints : 0) |
      ((methodNumber[head.method] ?? 0) << 8);
  }

  /** Writes how a request was answered. */
  putAnswer(index: number, head: RequestHead, status: number, setsCookie: boolean, nowMs: number): void {
    const base = this.#begin(index, head, nowMs);
    const { words } = this;
    // One by one: three calls to empty eight words cost more than the rest of this.
    words[base + word.path] = 0;
    words[base + word.referer] = 0;
    words[base + word.language] = 0;
    words[base + word.platform] = 0;
    words[base + word.number] = 0;
    words[base + word.shape] = 0;
    words[base + word.parent] = 0;
    words[base + word.node] = 0;
    words[base + word.flags] = answerFlags(status, setsCookie);
  }

  /** Time and client. */
  #begin(index: number, head: RequestHead, nowMs: number): number {
    const { high, low } = addressKey(head.clientAddress);
    // None at all is one, too.
    const userAgent = repeatedTextHash(head.headers['user-agent']) || 1;
    const handshake = repeatedTextHash(cipherPart(head.handshake?.ja4));
    const base = index * observationWords;
    const { words } = this;
    this.doubles[index * observationDoubles] = nowMs;
    words[base + word.high] = high;
    words[base + word.low] = low;
    // Never 0, which stands for the many.
    words[base + word.fingerprint] = (Math.imul(userAgent, 0x9e3779b1) ^ handshake) >>> 0 || 1;
    words[base + word.userAgent] = userAgent;
    words[base + word.handshake] = handshake;
    return base;
  }

  /**
   * Hashes of the path, of the folder it lies in, and of itself without a slash at the end, in one pass. Gives the state of
   * the hash where `until` characters were read, or all.
   */
  #putPath(base: number, path: string, until: number): number {
    const length = Math.min(path.length, botLimits.inspectedCharsMax);
    let state = hashStart;
    let parent = hashStart;
    let node = hashStart;
    let stateThere = hashStart;
    for (let index = 0; index < length; index += 1) {
      if (index === until) stateThere = state;
      const code = path.charCodeAt(index);
      if (code === 47) {
        node = state;
        if (index + 1 < length) parent = state;
      }
      state = hashStep(state, code);
    }
    const endsInSlash = length > 0 && path.charCodeAt(length - 1) === 47;
    this.words[base + word.path] = hashEnd(state);
    this.words[base + word.parent] = hashEnd(parent);
    this.words[base + word.node] = hashEnd(endsInSlash ? node : state);
    return until < length ? stateThere : state;
  }

  /** The path, and the last number in the target, if it is one that could be counted up, with what stands around it. */
  #putTarget(base: number, { path, target }: RequestHead): void {
    const { words } = this;
    words[base + word.number] = 0;
    words[base + word.shape] = 0;
    const lookedAt = Math.max(0, target.length - numberWithinChars);
    let end = target.length;
    while (end > lookedAt && !isDigit(target.charCodeAt(end - 1))) end -= 1;
    let start = end;
    while (start > lookedAt && isDigit(target.charCodeAt(start - 1))) start -= 1;
    // The path is how the target begins, and so is its hash.
    let state = this.#putPath(base, path, start);
    if (start === end || end - start > numberDigitsMax || target.length > botLimits.inspectedCharsMax) return;
    let value = 0;
    for (let index = start; index < end; index += 1) value = value * 10 + target.charCodeAt(index) - 48;
    for (let index = path.length; index < start; index += 1) state = hashStep(state, target.charCodeAt(index));
    state = hashStep(state, 35);
    for (let index = end; index < target.length; index += 1) state = hashStep(state, target.charCodeAt(index));
    words[base + word.number] = value + 1;
    words[base + word.shape] = hashEnd(state) || 1;
  }
}

/** Only fetch metadata tells an address or a bookmark from a link whose page keeps the Referer back. */
function openedBy(headers: RequestHead['headers']): number {
  const site = headers['sec-fetch-site'];
  return site === undefined ? 0 : site === 'none' ? flag.opened | flag.typed : flag.opened;
}

/** Fetch metadata says that the site is one to which hints are sent. */
function lacksHints(headers: RequestHead['headers']): boolean {
  if (headers['sec-fetch-dest'] !== 'script' || headers['sec-ch-ua'] !== undefined) return false;
  return sendsClientHints(userAgentFacts(headers['user-agent'] ?? ''));
}

/** Numbers are looked for in so many characters at the end of a target. */
const numberWithinChars = 64;
const numberDigitsMax = 9;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/**
 * Of a JA4, the hash of the ciphers: it stays when a client resumes a session or opens one for HTTP/1.1 besides HTTP/2, which
 * the other two parts do not.
 */
function cipherPart(ja4: string | null | undefined): string | undefined {
  return ja4?.slice(11, 23);
}

function ownRefererHash({ headers: { referer, host }, authority: sent, host: named }: RequestHead): number {
  if (referer === undefined) return 0;
  const authority = host ?? sent ?? named;
  const at = referer.indexOf('//') + 2;
  if (authority === '' || at === 1 || !referer.startsWith(authority, at)) return 0;
  const query = referer.indexOf('?', at);
  const path = referer.slice(at + authority.length, query === -1 ? referer.length : query);
  return textHash(path === '' ? '/' : path) || 1;
}
