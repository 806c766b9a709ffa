const noBytes = Buffer.alloc(0);

/** Octets that arrived too early: the beginning of a head, or what follows a message that is not answered yet. */
export class HeldBytes {
  #memory: Buffer = noBytes;
  length = 0;

  /** What is held; good until the next change. */
  get bytes(): Buffer {
    return this.#memory;
  }

  add(bytes: Buffer, start: number, end: number): void {
    const length = this.length + end - start;
    if (length > this.#memory.length) {
      // Doubling keeps a head that arrives octet by octet from being copied as often.
      const memory = Buffer.allocUnsafeSlow(Math.max(length, this.#memory.length * 2, 1024));
      this.#memory.copy(memory, 0, 0, this.length);
      this.#memory = memory;
    }
    bytes.copy(this.#memory, this.length, start, end);
    this.length = length;
  }

  /** Takes all of it out: the memory and how much of it counts. */
  take(): { readonly bytes: Buffer; readonly end: number } {
    const taken = { bytes: this.#memory, end: this.length };
    this.#memory = noBytes;
    this.length = 0;
    return taken;
  }
}
