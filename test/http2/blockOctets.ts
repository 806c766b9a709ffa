import { huffmanCodes, huffmanLengths } from '../../src/http2/hpack/huffmanCode.ts';

/** Pieces of header blocks as RFC 7541 sections 5 and 6 draw them, each choice (table, Huffman or not) with the caller. */

/** Section 5.1: `kind` holds the bits above the prefix. */
export function integer(value: number, prefixBits: number, kind = 0): Buffer {
  const most = 2 ** prefixBits - 1;
  if (value < most) return Buffer.from([kind | value]);
  const octets = [kind | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push(128 | (rest % 128));
  return Buffer.from([...octets, rest]);
}

/** Section 5.2. One character per octet. */
export function text(value: string, isHuffman = false): Buffer {
  const octets = isHuffman ? huffman(value) : Buffer.from(value, 'latin1');
  return Buffer.concat([integer(octets.length, 7, isHuffman ? 0x80 : 0), octets]);
}

/** The codes one behind the other, filled up with ones. */
export function huffman(value: string): Buffer {
  let bits = '';
  for (const octet of Buffer.from(value, 'latin1')) bits += codeOf(octet);
  return bitsAsOctets(bits + '1'.repeat((8 - (bits.length % 8)) % 8));
}

export function codeOf(symbol: number): string {
  return huffmanCodes[symbol]!.toString(2).padStart(huffmanLengths[symbol]!, '0');
}

export function bitsAsOctets(bits: string): Buffer {
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)));
}

/** Section 6.1. */
export function indexed(index: number): Buffer {
  return integer(index, 7, 0x80);
}

/** Section 6.3. */
export function sizeUpdate(bytes: number): Buffer {
  return integer(bytes, 5, 0x20);
}

const kinds = { added: [6, 0x40], plain: [4, 0x00], never: [4, 0x10] } as const;

/** Section 6.2: a name is a text, or an index of one of the tables. */
export function literal(kind: keyof typeof kinds, name: string | number, value: string, isHuffman = false): Buffer {
  const [prefixBits, bits] = kinds[kind];
  const index = integer(typeof name === 'number' ? name : 0, prefixBits, bits);
  const named = typeof name === 'number' ? [] : [text(name, isHuffman)];
  return Buffer.concat([index, ...named, text(value, isHuffman)]);
}
