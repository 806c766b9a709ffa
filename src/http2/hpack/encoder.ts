import assert from 'node:assert/strict';
import { hpackLimits } from './limits.ts';
import { type SentName, sentNameOf, statusName } from './responseNames.ts';
import { SentTable } from './sentTable.ts';
import { staticIndexMax } from './staticTable.ts';

/**
 * Writes the header blocks of one connection (RFC 7541). Blocks must be sent in the order in which they were written, and all
 * of them: the other side's table follows from them.
 */
export class HpackEncoder {
  readonly #table = new SentTable();
  /** What `setTableBytesMax` asked for since the last block: the smallest and the last; -1: nothing. */
  #smallestAsked = -1;
  #lastAsked = -1;
  /** Where the writer stands. */
  #at = 0;

  /** What the table counts now (RFC 7541 section 4.1). */
  get tableBytes(): number {
    return this.#table.bytes;
  }

  /** The other side's SETTINGS_HEADER_TABLE_SIZE. Of a larger table we use 4096. The next block begins with the update. */
  setTableBytesMax(bytes: number): void {
    const used = Math.min(bytes, hpackLimits.tableBytesDefault);
    if (this.#smallestAsked === -1 && used === this.#table.bytesMax) return;
    this.#smallestAsked = this.#smallestAsked === -1 ? used : Math.min(this.#smallestAsked, used);
    this.#lastAsked = used;
  }

  /**
   * Writes `:status` and the fields `raw` (name, value, name, value …; names in any case go out in lower case; one character
   * per octet) with the numbers of their names into `into` from `at`, and gives the end. -1: it might not fit, and nothing is
   * changed; `responseBytesMax` is always enough. Fields that HTTP/2 does not have are the caller's to leave out.
   */
  encodeResponse(status: number, raw: readonly string[], numbers: readonly number[], into: Buffer, at: number): number {
    if (responseBytesMax(raw) > into.length - at) return -1;
    this.#at = at;
    this.#writeSizeUpdates(into);
    this.#writeField(statusName, textOfStatus(status), into);
    this.#writeFields(raw, numbers, into);
    return this.#at;
  }

  /** As `encodeResponse` without a status: trailers, and whole lists with their pseudo-header fields. */
  encodeFields(raw: readonly string[], numbers: readonly number[], into: Buffer, at: number): number {
    if (responseBytesMax(raw) > into.length - at) return -1;
    this.#at = at;
    this.#writeSizeUpdates(into);
    this.#writeFields(raw, numbers, into);
    return this.#at;
  }

  #writeFields(raw: readonly string[], numbers: readonly number[], into: Buffer): void {
    for (let field = 0; field < numbers.length; field++) {
      this.#writeField(sentNameOf(raw[field * 2]!, numbers[field]!), raw[field * 2 + 1]!, into);
    }
  }

  #writeSizeUpdates(into: Buffer): void {
    if (this.#smallestAsked === -1) return;
    if (this.#smallestAsked < this.#lastAsked) this.#writeInteger(into, 0x20, 0x1f, this.#smallestAsked);
    this.#writeInteger(into, 0x20, 0x1f, this.#lastAsked);
    this.#table.resize(this.#smallestAsked);
    this.#table.resize(this.#lastAsked);
    this.#smallestAsked = -1;
  }

  #writeField(name: SentName, value: string, into: Buffer): void {
    const known = this.#indexOf(name, value);
    if (known !== 0) {
      this.#writeInteger(into, 0x80, 0x7f, known);
      return;
    }
    const index = this.#nameIndex(name);
    if (this.#isWorthAnEntry(name, index, value)) {
      this.#writeLiteral(into, 0x40, 0x3f, name, index, value);
      // A copy: the value may be a piece of a whole head, which would stay with it.
      this.#table.add(name, into.toString('latin1', this.#at - value.length, this.#at));
    } else {
      this.#writeLiteral(into, name.habit === 'secret' ? 0x10 : 0x00, 0x0f, name, index, value);
    }
  }

  /** Of an entry with this name and value in one of the tables, or 0. */
  #indexOf(name: SentName, value: string): number {
    for (const entry of name.staticEntries) if (entry.value === value) return entry.index;
    if (name.isNeverAdded) return 0;
    const place = this.#table.find(name, value);
    return place < 0 ? 0 : place + staticIndexMax + 1;
  }

  #isWorthAnEntry(name: SentName, nameIndex: number, value: string): boolean {
    if (name.isNeverAdded || !this.#table.hasRoomFor(name, value)) return false;
    return name.habit === 'shared' || nameIndex === 0 || this.#table.isSecond(name, value);
  }

  /** Of an entry with this name in one of the tables, or 0. */
  #nameIndex(name: SentName): number {
    if (name.staticIndex !== 0) return name.staticIndex;
    const place = this.#table.findName(name);
    return place < 0 ? 0 : place + staticIndexMax + 1;
  }

  #writeLiteral(into: Buffer, kind: number, mask: number, name: SentName, index: number, value: string): void {
    this.#writeInteger(into, kind, mask, index);
    if (index === 0) this.#writeText(into, name.text);
    this.#writeText(into, value);
  }

  /** RFC 7541 section 5.2. Without Huffman codes: they would save few octets and cost more than all else here. */
  #writeText(into: Buffer, text: string): void {
    const { length } = text;
    this.#writeInteger(into, 0, 0x7f, length);
    const at = this.#at;
    if (length > loopCharsMax) into.write(text, at, length, 'latin1');
    else for (let index = 0; index < length; index++) into[at + index] = text.charCodeAt(index);
    this.#at = at + length;
  }

  /** RFC 7541 section 5.1. */
  #writeInteger(into: Buffer, kind: number, mask: number, value: number): void {
    if (value < mask) {
      into[this.#at++] = kind | value;
      return;
    }
    into[this.#at++] = kind | mask;
    let rest = value - mask;
    for (; rest >= 0x80; rest >>= 7) into[this.#at++] = 0x80 | (rest & 0x7f);
    into[this.#at++] = rest;
  }
}

/** Enough for `raw` and a status: per text a length, per field an index, and two size updates. */
export function responseBytesMax(raw: readonly string[]): number {
  let bytes = 32;
  for (let index = 0; index < raw.length; index++) bytes += raw[index]!.length + 8;
  return bytes;
}

/** Up to this length a loop is faster than a call into Node. */
const loopCharsMax = 12;

const statusTexts = Array.from({ length: 1_000 }, (_, status) => String(status).padStart(3, '0'));

function textOfStatus(status: number): string {
  const text = statusTexts[status];
  assert(text !== undefined, 'a status has three digits');
  return text;
}
