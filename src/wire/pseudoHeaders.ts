import { wireLimits } from './limits.ts';

/** `m`ethod, `a`uthority, `s`cheme, `p`ath; `?` is a pseudo-header that is none of these or not told without HPACK's dynamic table. */
export type PseudoHeader = 'm' | 'a' | 's' | 'p' | '?';

export type PseudoHeadersRead =
  | { readonly kind: 'more' }
  | { readonly kind: 'done'; readonly order: readonly PseudoHeader[] }
  | { readonly kind: 'malformed' };

const more = { kind: 'more' } as const;
const malformed = { kind: 'malformed' } as const;
const staticEntries = 61;
/** Changes of the dynamic table's size, of no interest here: only where a block begins, and two at most (section 4.2). */
const tableSizesMax = 2;

/**
 * The pseudo-headers that a request's header block begins with, in order. `block` is its beginning, or all of it where
 * `isWhole`. Reads as much of HPACK (RFC 7541) as names need: values are skipped, the first regular header ends it,
 * because pseudo-headers stand before all others (RFC 9113 section 8.3).
 */
export function readPseudoHeaders(block: Uint8Array, isWhole: boolean): PseudoHeadersRead {
  const cursor = new HpackCursor(block);
  const order: PseudoHeader[] = [];
  let entriesAdded = 0;
  let sizesLeft = tableSizesMax;
  while (cursor.at < block.length) {
    const form = block[cursor.at]!;
    if (form >= 0x20 && form < 0x40) {
      cursor.integer(5);
      if (sizesLeft-- === 0) return malformed;
    } else {
      sizesLeft = 0;
      const name = readField(cursor, form, entriesAdded);
      if (name === 'regular') return { kind: 'done', order };
      if (name !== undefined) order.push(name);
      if (form >= 0x40 && form < 0x80) entriesAdded += 1;
    }
    if (cursor.fault === 'short') return isWhole ? malformed : more;
    if (cursor.fault === 'malformed' || order.length > wireLimits.pseudoHeadersMax) return malformed;
  }
  return isWhole ? { kind: 'done', order } : more;
}

/** Name of the field at the cursor, which then stands behind the field; undefined when the cursor has a fault. */
function readField(cursor: HpackCursor, form: number, entriesAdded: number): PseudoHeader | 'regular' | undefined {
  const isIndexed = form >= 0x80;
  const index = cursor.integer(isIndexed ? 7 : form >= 0x40 ? 6 : 4);
  if (cursor.fault !== undefined) return undefined;
  if (index > staticEntries + entriesAdded || (isIndexed && index === 0)) {
    cursor.fault = 'malformed';
    return undefined;
  }
  const name = index === 0 ? cursor.name() : nameOfIndex(index);
  if (name === 'regular' || isIndexed || cursor.fault !== undefined) return name;
  cursor.string();
  return name;
}

/** Appendix A's static table. Behind it lie this block's own entries: pseudo-headers said a second time, which no request may. */
function nameOfIndex(index: number): PseudoHeader | 'regular' {
  if (index === 1) return 'a';
  if (index <= 3) return 'm';
  if (index <= 5) return 'p';
  if (index <= 7) return 's';
  return index <= 14 || index > staticEntries ? '?' : 'regular';
}

class HpackCursor {
  readonly #block: Uint8Array;
  at = 0;
  /** `short`: the block goes on behind what is here. */
  fault: 'short' | 'malformed' | undefined;

  constructor(block: Uint8Array) {
    this.#block = block;
  }

  /** Section 5.1, with at most four bytes behind the prefix: no length or index is larger than 2^28. */
  integer(prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    this.fault ??= 'malformed';
    return 0;
  }

  /** A string (section 5.2) as it stands; undefined where the cursor has a fault. */
  string(): Uint8Array | undefined {
    const length = this.integer(7);
    if (this.fault !== undefined) return undefined;
    const from = this.at;
    if (length > this.#block.length - from) {
      this.fault = 'short';
      return undefined;
    }
    this.at = from + length;
    return this.#block.subarray(from, this.at);
  }

  /** A name spelled out. */
  name(): PseudoHeader | 'regular' | undefined {
    const isHuffman = this.#block[this.at]! >= 0x80;
    const text = this.string();
    if (text === undefined) return undefined;
    if (text.length > 0) return nameOfText(text, isHuffman);
    this.fault = 'malformed';
    return undefined;
  }

  #byte(): number {
    if (this.at < this.#block.length) return this.#block[this.at++]!;
    this.fault ??= 'short';
    return 0;
  }
}

/** Codes of Appendix B for the letters of the four names, so that they are known in Huffman's form without its decoder. */
const huffmanCodes: Readonly<Record<string, string>> = {
  ':': '1011100',
  a: '00011',
  c: '00100',
  d: '100100',
  e: '00101',
  h: '100111',
  i: '00110',
  m: '101001',
  o: '00111',
  p: '101011',
  r: '101100',
  s: '01000',
  t: '01001',
  u: '101101',
  y: '1111010',
};

const spellings = (['method', 'authority', 'scheme', 'path'] as const).map((word) => {
  const name = `:${word}`;
  const bits = [...name].map((letter) => huffmanCodes[letter]).join('');
  const octets = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1').match(/.{8}/g) ?? [];
  return {
    letter: word[0] as PseudoHeader,
    plain: Buffer.from(name),
    huffman: Buffer.from(octets.map((octet) => Number.parseInt(octet, 2))),
  };
});

function nameOfText(text: Uint8Array, isHuffman: boolean): PseudoHeader | 'regular' {
  const isPseudo = isHuffman ? text[0]! >> 1 === 0b1011100 : text[0] === 0x3a;
  if (!isPseudo) return 'regular';
  const known = spellings.find(({ plain, huffman }) => (isHuffman ? huffman : plain).equals(text));
  return known?.letter ?? '?';
}
