import { type ErrorCode, errorCode, flag, frameHeadBytes, frameType, quadAt } from './frames.ts';
import { http2Limits } from './limits.ts';

/** Told of what is read. None of its methods throws, but for bugs. */
export interface FrameSink {
  /** A whole frame that is not DATA: its payload is `bytes` from `from` to `to`, lent for the call. */
  onFrame(type: number, flags: number, stream: number, bytes: Buffer, from: number, to: number): void;
  /** A DATA frame begins; all of its payload, padding included, is `length` octets. */
  onDataHead(flags: number, stream: number, length: number): void;
  /** A piece of its data, lent for the call. */
  onDataBytes(bytes: Buffer, from: number, to: number): void;
  onDataEnd(): void;
  /** The bytes are no frames. Nothing follows. */
  onBroken(code: ErrorCode, says: string): void;
}

/**
 * Cuts the bytes of a connection into frames (RFC 9113 section 4.1), in one pass over each read. Data passes as it arrives;
 * any other frame is given on once it is whole, and only one that arrives in pieces is copied.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #head = Buffer.alloc(frameHeadBytes);
  #headLength = 0;
  /** The payload of a frame that arrives in pieces. */
  #payload: Buffer | undefined;
  #payloadLength = 0;
  #isInData = false;
  #dataLeft = 0;
  #paddingLeft = 0;
  #isStopped = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Whether a frame's beginning is here and its end is not. */
  get isInFrame(): boolean {
    return this.#headLength > 0 || this.#payload !== undefined || this.#isInData;
  }

  /** What is read from now on is thrown away. */
  stop(): void {
    this.#isStopped = true;
    this.#payload = undefined;
  }

  read(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end && !this.#isStopped) {
      if (this.#isInData) at = this.#readData(bytes, at, end);
      else if (this.#payload !== undefined) at = this.#readPayload(bytes, at, end);
      else if (this.#headLength > 0) at = this.#readHead(bytes, at, end);
      else at = this.#readFrame(bytes, at, end);
    }
  }

  /** The usual case: a frame begins at `at`, and all of it may be here. */
  #readFrame(bytes: Buffer, at: number, end: number): number {
    const from = at + frameHeadBytes;
    const type = bytes[at + 3];
    if (from > end) return this.#readHead(bytes, at, end);
    const to = from + ((bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!);
    if (to > end || type === frameType.data || to - from > http2Limits.frameBytesMax) {
      return this.#begin(bytes, at, from, end);
    }
    this.#sink.onFrame(type!, bytes[at + 4]!, quadAt(bytes, at + 5) & 0x7fffffff, bytes, from, to);
    return to;
  }

  /** Gathers the nine octets of a head that arrives in pieces. */
  #readHead(bytes: Buffer, at: number, end: number): number {
    const head = this.#head;
    while (at < end) {
      head[this.#headLength++] = bytes[at++]!;
      if (this.#headLength < frameHeadBytes) continue;
      this.#headLength = 0;
      return this.#begin(head, 0, at, end, bytes);
    }
    return at;
  }

  /** A head at `headAt` of `head`; its payload begins at `at` of `bytes`. */
  #begin(head: Buffer, headAt: number, at: number, end: number, bytes: Buffer = head): number {
    const length = (head[headAt]! << 16) | (head[headAt + 1]! << 8) | head[headAt + 2]!;
    const type = head[headAt + 3]!;
    const flags = head[headAt + 4]!;
    const stream = quadAt(head, headAt + 5) & 0x7fffffff;
    if (length > http2Limits.frameBytesMax)
      return this.#break(errorCode.frameSize, 'a frame is larger than 16 KiB', end);
    if (type === frameType.data) {
      this.#isInData = true;
      this.#dataLeft = length;
      const isPadded = (flags & flag.padded) !== 0;
      if (isPadded && length === 0) return this.#break(errorCode.frameSize, 'no room for the length of padding', end);
      // -1: its length is the next octet.
      this.#paddingLeft = isPadded ? -1 : 0;
      this.#sink.onDataHead(flags, stream, length);
      return this.#isStopped ? end : this.#readData(bytes, at, end);
    }
    if (end - at >= length) {
      this.#sink.onFrame(type, flags, stream, bytes, at, at + length);
      return at + length;
    }
    if (head !== this.#head) head.copy(this.#head, 0, headAt, headAt + frameHeadBytes);
    this.#payload = Buffer.allocUnsafeSlow(length);
    this.#payloadLength = 0;
    return this.#readPayload(bytes, at, end);
  }

  #readPayload(bytes: Buffer, at: number, end: number): number {
    const payload = this.#payload!;
    const to = Math.min(end, at + payload.length - this.#payloadLength);
    bytes.copy(payload, this.#payloadLength, at, to);
    this.#payloadLength += to - at;
    if (this.#payloadLength < payload.length) return to;
    this.#payload = undefined;
    const head = this.#head;
    this.#sink.onFrame(head[3]!, head[4]!, quadAt(head, 5) & 0x7fffffff, payload, 0, payload.length);
    return to;
  }

  #readData(bytes: Buffer, at: number, end: number): number {
    if (this.#paddingLeft === -1) {
      if (at === end) return at;
      this.#paddingLeft = bytes[at++]!;
      this.#dataLeft -= 1 + this.#paddingLeft;
      if (this.#dataLeft < 0) return this.#break(errorCode.protocol, 'more padding than there is', end);
    }
    const to = Math.min(end, at + this.#dataLeft);
    if (to > at) {
      this.#dataLeft -= to - at;
      this.#sink.onDataBytes(bytes, at, to);
      if (this.#isStopped) return end;
    }
    if (this.#dataLeft > 0) return to;
    const behind = Math.min(end, to + this.#paddingLeft);
    this.#paddingLeft -= behind - to;
    if (this.#paddingLeft > 0) return behind;
    this.#isInData = false;
    this.#sink.onDataEnd();
    return behind;
  }

  #break(code: ErrorCode, says: string, end: number): number {
    this.stop();
    this.#sink.onBroken(code, says);
    return end;
  }
}
