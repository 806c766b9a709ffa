/*
 * The Huffman code of RFC 7541 Appendix B. It is canonical (shorter codes first, equal lengths in the order of their
 * octets), so the lengths give the codes.
 */

/** How many bits the code of each octet has, and last that of the end-of-string symbol, 256. */
export const huffmanLengths: Uint8Array = Uint8Array.from(
  `13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
  6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10
  13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
  15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28
  20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
  22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
  26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
  20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
  30`
    .trim()
    .split(/\s+/)
    .map(Number),
);

export const endOfString = 256;
export const codeBitsMax = 30;

/** The symbols in the order of their codes. */
export const symbolsInOrder: Uint16Array = Uint16Array.from(
  [...huffmanLengths.keys()].sort((one, other) => huffmanLengths[one]! - huffmanLengths[other]! || one - other),
);

/** Per length: the first code of it, how many there are, and the place of the first in `symbolsInOrder`. */
export const firstCode = new Int32Array(codeBitsMax + 1);
export const codesOfLength = new Int32Array(codeBitsMax + 1);
export const firstPlace = new Int32Array(codeBitsMax + 1);
/** The code of each symbol, in its low bits. */
export const huffmanCodes = new Int32Array(257);

for (const length of huffmanLengths) codesOfLength[length]! += 1;
for (let length = 1, code = 0, place = 0; length <= codeBitsMax; length++) {
  code <<= 1;
  firstCode[length] = code;
  firstPlace[length] = place;
  for (let nth = 0; nth < codesOfLength[length]!; nth++) huffmanCodes[symbolsInOrder[place++]!] = code++;
}
