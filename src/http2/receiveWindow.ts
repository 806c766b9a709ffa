/**
 * What the visitor may send yet, on one stream or on the whole connection (RFC 9113 section 6.9). It is widened when half of
 * it was taken, not for every piece.
 */
export class ReceiveWindow {
  readonly #bytesMax: number;
  #leftBytes: number;
  /** Taken and not given back yet. */
  #takenBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#leftBytes = bytesMax;
  }

  /** So much arrived; false: it is more than there was room for. */
  spend(bytes: number): boolean {
    this.#leftBytes -= bytes;
    return this.#leftBytes >= 0;
  }

  /** So much was taken. Gives what the visitor is to be told that it may send more; 0: that can wait. */
  giveBack(bytes: number): number {
    this.#takenBytes += bytes;
    if (this.#takenBytes < this.#bytesMax / 2) return 0;
    const by = this.#takenBytes;
    this.#leftBytes += by;
    this.#takenBytes = 0;
    return by;
  }
}
