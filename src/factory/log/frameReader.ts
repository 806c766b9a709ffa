/**
 * Cuts a byte stream into frames: u32 little-endian length, then that many bytes. Holds at most one frame and one chunk.
 * After `push` returned null the stream is garbage and its connection has to go.
 */
export class FrameReader {
  readonly #frameBytesMax: number;
  #held: Buffer = Buffer.alloc(0);

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax;
  }

  /** The frames that are complete now, each its own copy; null when one claims to be longer than is allowed, or empty. */
  push(chunk: Uint8Array): Buffer[] | null {
    this.#held = this.#held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
    const frames: Buffer[] = [];
    let at = 0;
    while (this.#held.length - at >= 4) {
      const bytes = this.#held.readUInt32LE(at);
      if (bytes === 0 || bytes > this.#frameBytesMax) return null;
      if (this.#held.length - at - 4 < bytes) break;
      frames.push(Buffer.from(this.#held.subarray(at + 4, at + 4 + bytes)));
      at += 4 + bytes;
    }
    this.#held = Buffer.from(this.#held.subarray(at));
    return frames;
  }
}
