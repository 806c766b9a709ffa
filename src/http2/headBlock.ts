import { http2Limits } from './limits.ts';

/** A header block that arrives in several frames (RFC 9113 section 6.10). */
export class HeadBlock {
  readonly stream: number;
  readonly endsStream: boolean;
  /** Its priority says that it depends on itself. */
  readonly isOwnParent: boolean;
  bytes: Buffer;
  length = 0;
  #frames = 0;

  constructor(stream: number, endsStream: boolean, isOwnParent: boolean, bytes: Buffer, from: number, to: number) {
    this.stream = stream;
    this.endsStream = endsStream;
    this.isOwnParent = isOwnParent;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(1024, (to - from) * 2));
    this.add(bytes, from, to);
  }

  /** false: it is too large, or in too many pieces. */
  add(bytes: Buffer, from: number, to: number): boolean {
    const length = this.length + to - from;
    this.#frames += 1;
    if (this.#frames > http2Limits.headFramesMax || length > http2Limits.headBlockBytesMax) return false;
    if (length > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    bytes.copy(this.bytes, this.length, from, to);
    this.length = length;
    return true;
  }
}
