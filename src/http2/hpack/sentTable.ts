import { hpackLimits } from './limits.ts';
import { nameSlots, type SentName } from './responseNames.ts';

interface SentEntry {
  readonly name: SentName;
  readonly value: string;
  readonly bytes: number;
  /** The number of the entry before it in its chain; maybe evicted. */
  readonly previous: number;
}

/** Each entry counts at least its 32 bytes; a power of two. */
const entriesMax = hpackLimits.tableBytesDefault / hpackLimits.entryBytesExtra;

/**
 * The other side's table as our encoder fills it (RFC 7541 section 2.3.2). Entries are numbered as they come, and those of one
 * name are chained from the newest back. Numbers are 32 bits and wrap: only how far one lies behind `#next` counts.
 */
export class SentTable {
  bytes = 0;
  bytesMax: number = hpackLimits.tableBytesDefault;
  #count = 0;
  #next = 1;
  readonly #ring: (SentEntry | undefined)[] = new Array(entriesMax).fill(undefined);
  /** Per slot of a name: the number of the newest entry in its chain. */
  readonly #newest = new Int32Array(nameSlots);
  /** Per slot of a name: a hash of the value that was sent last without the table. */
  readonly #sentLast = new Int32Array(nameSlots);

  /** How many entries are newer than the one with this name and value; -1: there is none. */
  find(name: SentName, value: string): number {
    let number = this.#newest[name.slot]!;
    for (let looked = 0; looked < hpackLimits.sentChainMax; looked++) {
      const age = (this.#next - number) | 0;
      if (age <= 0 || age > this.#count) return -1;
      const entry = this.#ring[number & (entriesMax - 1)]!;
      if (entry.name === name && entry.value === value) return age - 1;
      number = entry.previous;
    }
    return -1;
  }

  /** As `find`, whatever the value. */
  findName(name: SentName): number {
    let number = this.#newest[name.slot]!;
    for (let looked = 0; looked < hpackLimits.sentChainMax; looked++) {
      const age = (this.#next - number) | 0;
      if (age <= 0 || age > this.#count) return -1;
      const entry = this.#ring[number & (entriesMax - 1)]!;
      if (entry.name === name) return age - 1;
      number = entry.previous;
    }
    return -1;
  }

  /** Whether an entry would fit, and not push nearly all others out. */
  hasRoomFor(name: SentName, value: string): boolean {
    return value.length <= hpackLimits.sentValueCharsMax && bytesOf(name, value) <= this.bytesMax;
  }

  /** Whether the name's last value without the table was this one; remembers this one. */
  isSecond(name: SentName, value: string): boolean {
    const hash = hashOf(value);
    if (this.#sentLast[name.slot] === hash) return true;
    this.#sentLast[name.slot] = hash;
    return false;
  }

  add(name: SentName, value: string): void {
    const bytes = bytesOf(name, value);
    this.#evictTo(this.bytesMax - bytes);
    const number = this.#next;
    this.#ring[number & (entriesMax - 1)] = { name, value, bytes, previous: this.#newest[name.slot]! };
    this.#newest[name.slot] = number;
    this.#next = (number + 1) | 0;
    this.#count += 1;
    this.bytes += bytes;
  }

  resize(bytesMax: number): void {
    this.bytesMax = bytesMax;
    this.#evictTo(bytesMax);
  }

  #evictTo(bytes: number): void {
    while (this.#count > 0 && this.bytes > bytes) {
      const oldest = (this.#next - this.#count) & (entriesMax - 1);
      this.bytes -= this.#ring[oldest]!.bytes;
      this.#ring[oldest] = undefined;
      this.#count -= 1;
    }
  }
}

function bytesOf(name: SentName, value: string): number {
  return name.text.length + value.length + hpackLimits.entryBytesExtra;
}

/** A collision sends a value to the table one answer too early. */
function hashOf(text: string): number {
  let mixed = text.length + 1;
  for (let index = 0; index < text.length; index++) mixed = (Math.imul(mixed, 31) + text.charCodeAt(index)) | 0;
  return mixed;
}
