import { isValueOctet } from './fieldOctets.ts';
import {
  codeBitsMax,
  codesOfLength,
  endOfString,
  firstCode,
  firstPlace,
  huffmanCodes,
  huffmanLengths,
  symbolsInOrder,
} from './huffmanCode.ts';

/*
 * Looks at twelve bits at a time, which hold up to two symbols: what text is made of has codes of 5 to 8 bits. Codes
 * above twelve bits (controls, octets above 0x7f, few signs) are read bit by bit.
 */
const lookBits = 12;
const lookMask = (1 << lookBits) - 1;

/** Per twelve bits: first symbol, second << 8, bits of the first << 16, bits of both << 20, symbols (0: a longer code) << 24. */
const looks = new Int32Array(1 << lookBits);
for (let symbol = 0; symbol < endOfString; symbol++) enterFirst(symbol);
for (let bits = 0; bits < looks.length; bits++) enterSecond(bits);

/**
 * Whether the last text had an octet that no field value may have. All of them have long codes, so that looking for
 * them costs nothing where there is none.
 */
export let hadInvalidOctet = false;

/**
 * Writes the octets that `bytes` stand for from `start` to `end` to `into` and gives how many they are. -1: the padding is
 * longer than seven bits or has a zero, or there is an end-of-string symbol (RFC 7541 section 5.2). `into` must hold
 * 8/5 of the octets read.
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number, into: Uint8Array): number {
  hadInvalidOctet = false;
  let at = start;
  let written = 0;
  // The next bits are the low `held` ones of `bits`; above them stands what was read before.
  let bits = 0;
  let held = 0;
  for (;;) {
    while (held <= 16 && at < end) {
      bits = (bits << 8) | bytes[at++]!;
      held += 8;
    }
    if (held < lookBits) break;
    const look = looks[(bits >>> (held - lookBits)) & lookMask]!;
    if (look >= 2 << 24) {
      into[written] = look;
      into[written + 1] = look >> 8;
      written += 2;
      held -= (look >> 20) & 15;
    } else if (look !== 0) {
      into[written++] = look;
      held -= (look >> 16) & 15;
    } else {
      const place = readLongSymbol(bytes, at * 8 - held, end * 8);
      if (place < 0) return -1;
      const symbol = longSymbol;
      if (isValueOctet[symbol] === 0) hadInvalidOctet = true;
      into[written++] = symbol;
      at = place >> 3;
      held = 0;
      if ((place & 7) !== 0) {
        bits = bytes[at++]!;
        held = 8 - (place & 7);
      }
    }
  }
  // The last bits, filled up with ones: only a symbol that ends within them counts.
  for (;;) {
    const look = looks[((bits << (lookBits - held)) | (lookMask >> held)) & lookMask]!;
    const length = (look >> 16) & 15;
    if (look === 0 || length > held) break;
    into[written++] = look;
    held -= length;
  }
  const ones = (1 << held) - 1;
  return held < 8 && (bits & ones) === ones ? written : -1;
}

let longSymbol = 0;

/** Reads one symbol whose code is longer than twelve bits; gives the place of the bit behind it, or -1. */
function readLongSymbol(bytes: Uint8Array, start: number, end: number): number {
  let code = 0;
  for (let length = 1; length <= codeBitsMax && start + length <= end; length++) {
    const place = start + length - 1;
    code = (code << 1) | ((bytes[place >> 3]! >> (7 - (place & 7))) & 1);
    const nth = code - firstCode[length]!;
    if (nth < codesOfLength[length]!) {
      longSymbol = symbolsInOrder[firstPlace[length]! + nth]!;
      return longSymbol === endOfString ? -1 : start + length;
    }
  }
  return -1;
}

function enterFirst(symbol: number): void {
  const length = huffmanLengths[symbol]!;
  if (length > lookBits) return;
  const from = huffmanCodes[symbol]! << (lookBits - length);
  for (let rest = 0; rest < 1 << (lookBits - length); rest++) {
    looks[from + rest] = symbol | (length << 16) | (length << 20) | (1 << 24);
  }
}

function enterSecond(bits: number): void {
  const look = looks[bits]!;
  const length = (look >> 16) & 15;
  // What follows the first symbol, filled up with zeros: a symbol that ends within what is really there counts.
  const next = looks[(bits << length) & lookMask]!;
  const both = length + ((next >> 16) & 15);
  if (look === 0 || next === 0 || both > lookBits) return;
  looks[bits] = (look & 0xff) | ((next & 0xff) << 8) | (length << 16) | (both << 20) | (2 << 24);
}
