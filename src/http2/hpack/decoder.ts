import { fieldNameOf } from '../../http/index.ts';
import { DynamicTable } from './dynamicTable.ts';
import { type FieldEntry, fieldEntry } from './fieldEntry.ts';
import { areValueOctets, hasBlankAtEdge, isFieldName } from './fieldOctets.ts';
import { decodeHuffman, hadInvalidOctet } from './huffmanDecode.ts';
import { hpackLimits } from './limits.ts';
import { numberOf } from './pseudoFields.ts';
import { staticIndexMax, staticTable } from './staticTable.ts';

/**
 * `compression`: the tables are out of step from here on, the connection must end with COMPRESSION_ERROR (RFC 9113 section
 * 4.3). `too-large`: the block was read to its end and the table is in step, but its fields are above our bounds.
 */
export type HpackFault = 'compression' | 'too-large';

export interface HpackDecoderOptions {
  /**
   * What our SETTINGS_HEADER_TABLE_SIZE says: the other side may shrink its table and grow it up to this. Below the default of
   * 4096 it holds from the first block on, so the other side must know it from elsewhere.
   */
  readonly tableBytesMax: number;
  /** Of one block: name, value and 32 for each field (RFC 9113 section 6.5.2). */
  readonly listBytesMax: number;
  readonly fieldsMax: number;
}

/**
 * Reads the header blocks of one connection (RFC 7541). Each block must be whole and come in the order of the wire. It never
 * throws; what it holds is bounded by `tableBytesMax`, and what it makes per block by the block's size and `listBytesMax`.
 */
export class HpackDecoder {
  /**
   * Of the last block: name, value, name, value …, pseudo-header fields among them, as sent. One character per octet. A fresh
   * array per block that the caller keeps; a string that stands in a table is the same object each time.
   */
  raw: string[] = [];
  /** One per field of `raw`: that of its name, from `knownFieldNames`, `pseudoFields` or 0. */
  numbers: number[] = [];
  /**
   * Whether a field of the last block has a name that is not a token in lower case (behind a colon or not), or a value with a
   * control other than the tab or with a blank at its edge (RFC 9113 section 8.2.1): such a request is malformed.
   */
  hasInvalidField = false;

  readonly #table: DynamicTable;
  readonly #tableBytesMax: number;
  readonly #listBytesMax: number;
  readonly #fieldsMax: number;
  /** Where the reader stands; see `#readInteger`. */
  #at = 0;
  #textIsInvalid = false;

  constructor(options: HpackDecoderOptions) {
    this.#table = new DynamicTable(Math.min(hpackLimits.tableBytesDefault, options.tableBytesMax));
    this.#tableBytesMax = options.tableBytesMax;
    this.#listBytesMax = options.listBytesMax;
    this.#fieldsMax = options.fieldsMax;
  }

  /** What the table counts now (RFC 7541 section 4.1). */
  get tableBytes(): number {
    return this.#table.bytes;
  }

  /** Decodes one whole header block. `undefined`: see `raw`, `numbers` and `hasInvalidField`; after a fault ignore them. */
  decode(bytes: Buffer, start: number, end: number): HpackFault | undefined {
    const raw: string[] = [];
    const numbers: number[] = [];
    const table = this.#table;
    let listBytesLeft = this.#listBytesMax;
    let fieldsLeft = this.#fieldsMax;
    this.raw = raw;
    this.numbers = numbers;
    this.hasInvalidField = false;
    let at = this.#readSizeUpdates(bytes, start, end);
    if (at < 0) return 'compression';
    while (at < end) {
      const first = bytes[at++]!;
      let entry: FieldEntry | undefined;
      if (first > 0x80 && first < 0xff) {
        const index = first & 0x7f;
        entry = index <= staticIndexMax ? staticTable[index] : table.at(index - staticIndexMax - 1);
      } else {
        this.#at = at;
        entry = first < 0x80 ? this.#readLiteral(bytes, first, end) : this.#readIndexed(bytes, first, end);
        at = this.#at;
      }
      if (entry === undefined) return 'compression';
      listBytesLeft -= entry.bytes;
      fieldsLeft -= 1;
      if (listBytesLeft < 0 || fieldsLeft < 0) continue;
      raw.push(entry.name, entry.value);
      numbers.push(entry.number);
      if (entry.isInvalid) this.hasInvalidField = true;
    }
    return listBytesLeft < 0 || fieldsLeft < 0 ? 'too-large' : undefined;
  }

  /** They stand at the start of a block and nowhere else (RFC 7541 section 4.2). Where the fields begin, or -1. */
  #readSizeUpdates(bytes: Buffer, start: number, end: number): number {
    let at = start;
    for (let updates = 0; at < end && bytes[at]! >> 5 === 1; updates++) {
      if (updates === hpackLimits.sizeUpdatesMax) return -1;
      this.#at = at + 1;
      const size = this.#readInteger(bytes, bytes[at]! & 0x1f, 0x1f, end);
      if (size < 0 || size > this.#tableBytesMax) return -1;
      this.#table.resize(size);
      at = this.#at;
    }
    return at;
  }

  /** RFC 7541 section 6.1, with an index that does not fit into its first octet, or 0. */
  #readIndexed(bytes: Buffer, first: number, end: number): FieldEntry | undefined {
    return this.#entryAt(this.#readInteger(bytes, first & 0x7f, 0x7f, end));
  }

  /** RFC 7541 section 6.2. */
  #readLiteral(bytes: Buffer, first: number, end: number): FieldEntry | undefined {
    const isAdded = first >= 0x40;
    if (!isAdded && first >= 0x20) return undefined; // A size update behind a field.
    const mask = isAdded ? 0x3f : 0x0f;
    const index = this.#readInteger(bytes, first & mask, mask, end);
    if (index < 0) return undefined;
    const named = index === 0 ? this.#readName(bytes, end) : this.#entryAt(index);
    if (named === undefined) return undefined;
    const value = this.#readText(bytes, end, false);
    if (value === undefined) return undefined;
    const entry = fieldEntry(named.name, value, named.number, named.hasInvalidName, this.#textIsInvalid);
    if (isAdded) this.#table.add(entry);
    return entry;
  }

  #entryAt(index: number): FieldEntry | undefined {
    if (index <= 0) return undefined;
    return index <= staticIndexMax ? staticTable[index] : this.#table.at(index - staticIndexMax - 1);
  }

  /** A name that no table has; as an entry without a value. */
  #readName(bytes: Buffer, end: number): FieldEntry | undefined {
    const name = this.#readText(bytes, end, true);
    if (name === undefined) return undefined;
    const number = numberOf(name);
    // The text that everybody compares with, unless it was sent in upper case.
    const known = number > 0 ? fieldNameOf(number) : name;
    return fieldEntry(known === name ? known : name, '', number, this.#textIsInvalid, false);
  }

  /** RFC 7541 section 5.2. Sets `#textIsInvalid`. */
  #readText(bytes: Buffer, end: number, isName: boolean): string | undefined {
    const at = this.#at;
    if (at >= end) return undefined;
    const first = bytes[at]!;
    this.#at = at + 1;
    const length = this.#readInteger(bytes, first & 0x7f, 0x7f, end);
    const start = this.#at;
    if (length < 0 || length > end - start) return undefined;
    this.#at = start + length;
    if (first < 0x80) return this.#textOf(bytes, start, this.#at, isName, true);
    const into = length * 2 > scratch.length ? Buffer.allocUnsafeSlow(length * 2) : scratch;
    const octets = decodeHuffman(bytes, start, this.#at, into);
    return octets < 0 ? undefined : this.#textOf(into, 0, octets, isName, hadInvalidOctet);
  }

  #textOf(bytes: Buffer, start: number, end: number, isName: boolean, mayHaveInvalid: boolean): string {
    this.#textIsInvalid = isName
      ? !isFieldName(bytes, start, end)
      : hasBlankAtEdge(bytes, start, end) || (mayHaveInvalid && !areValueOctets(bytes, start, end));
    return bytes.toString('latin1', start, end);
  }

  /** RFC 7541 section 5.1, from the octets behind the first one on, whose `prefix` is given; -1: too large or cut off. */
  #readInteger(bytes: Buffer, prefix: number, prefixMax: number, end: number): number {
    if (prefix < prefixMax) return prefix;
    let at = this.#at;
    let value = prefix;
    for (let octets = 0; octets < hpackLimits.integerOctetsMax && at < end; octets++) {
      const octet = bytes[at++]!;
      value += (octet & 0x7f) << (octets * 7);
      if (octet < 0x80) {
        this.#at = at;
        return value;
      }
    }
    return -1;
  }
}

/** Where Huffman codes are decoded to before their string is made; nothing stays in it. */
const scratch = Buffer.allocUnsafeSlow(hpackLimits.scratchBytes);
