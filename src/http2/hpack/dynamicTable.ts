import type { FieldEntry } from './fieldEntry.ts';

/** The table that a decoder fills as the other side's encoder tells it (RFC 7541 section 2.3.2): newest first, oldest evicted. */
export class DynamicTable {
  /** What entries count together; never above `bytesMax`. */
  bytes = 0;
  bytesMax: number;
  count = 0;
  /** A ring whose length is a power of two; it grows with what is in use. */
  #entries: (FieldEntry | undefined)[] = new Array(16).fill(undefined);
  /** Where the next entry goes. */
  #next = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** `place` counts from 0, the newest. */
  at(place: number): FieldEntry | undefined {
    if (place >= this.count) return undefined;
    return this.#entries[(this.#next - 1 - place) & (this.#entries.length - 1)];
  }

  /** An entry larger than the table empties it and is not kept: no error (RFC 7541 section 4.4). */
  add(entry: FieldEntry): void {
    this.#evictTo(this.bytesMax - entry.bytes);
    if (entry.bytes > this.bytesMax) return;
    if (this.count === this.#entries.length) this.#grow();
    this.#entries[this.#next] = entry;
    this.#next = (this.#next + 1) & (this.#entries.length - 1);
    this.count += 1;
    this.bytes += entry.bytes;
  }

  resize(bytesMax: number): void {
    this.bytesMax = bytesMax;
    this.#evictTo(bytesMax);
  }

  #evictTo(bytes: number): void {
    const mask = this.#entries.length - 1;
    while (this.count > 0 && this.bytes > bytes) {
      const oldest = (this.#next - this.count) & mask;
      this.bytes -= this.#entries[oldest]!.bytes;
      this.#entries[oldest] = undefined;
      this.count -= 1;
    }
  }

  #grow(): void {
    const grown: (FieldEntry | undefined)[] = new Array(this.count * 2).fill(undefined);
    for (let index = 0; index < this.count; index++) grown[index] = this.at(this.count - 1 - index);
    this.#entries = grown;
    this.#next = this.count;
  }
}
