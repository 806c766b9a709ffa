import { http2Limits } from './limits.ts';

const noBytes = Buffer.alloc(0);

/**
 * What arrived of a body before anybody takes it. Small pieces are put together: a frame of one octet, kept alone, would
 * cost a hundred times that, and a quarter of a million of them seconds to give away.
 */
export class HeldBody {
  /** Full ones, oldest first; few, because each is twice as large as the one before, up to a frame. */
  readonly #pieces: Buffer[] = [];
  #last = noBytes;
  #lastLength = 0;

  get isEmpty(): boolean {
    return this.#lastLength === 0 && this.#pieces.length === 0;
  }

  /** `bytes` are lent for the call. */
  add(bytes: Buffer, from: number, to: number): void {
    const next = from + Math.min(to - from, this.#last.length - this.#lastLength);
    bytes.copy(this.#last, this.#lastLength, from, next);
    this.#lastLength += next - from;
    if (next === to) return;
    if (this.#lastLength > 0) this.#pieces.push(this.#last);
    const room = Math.min(this.#last.length * 2, http2Limits.frameBytesMax);
    this.#last = Buffer.allocUnsafe(Math.max(to - next, room));
    this.#lastLength = bytes.copy(this.#last, 0, next, to);
  }

  /** Takes the oldest piece out, which is the caller's then. Undefined: nothing is held. */
  take(): Buffer | undefined {
    const piece = this.#pieces.shift();
    if (piece !== undefined || this.#lastLength === 0) return piece;
    const last = this.#last.subarray(0, this.#lastLength);
    this.#last = noBytes;
    this.#lastLength = 0;
    return last;
  }

  /** Throws it away and tells how many octets it was. */
  drop(): number {
    let length = 0;
    for (let piece = this.take(); piece !== undefined; piece = this.take()) length += piece.length;
    return length;
  }
}
