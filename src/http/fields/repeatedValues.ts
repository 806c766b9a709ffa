import { fieldNumber, knownFieldNames } from './fieldNames.ts';

/** Fields whose values many requests share, and which somebody looks up by text. */
const repeated = new Uint8Array(knownFieldNames.length + 1);
for (const name of [
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'sec-ch-ua',
  'sec-fetch-dest',
  'user-agent',
  'x-forwarded-for',
] as const) {
  repeated[fieldNumber(name)] = 1;
}

/** Values of other lengths are not looked for: shorter ones are cheap, longer ones are nobody's habit. */
const valueCharsMin = 8;
const valueCharsMax = 256;
/** Two places to a mark. With texts of the greatest length, a megabyte. */
const places = 4_096;
const wordOctets = 4;
/** Words at a value's end that its mark is made of: where versions stand. */
const wordsOfEnd = 7;

/**
 * One string for a value that comes again, instead of one per request. The engine computes a string's hash once, when it is
 * first looked up in a Map, and that costs more than to find the same value here by a few of its octets. A value is kept from
 * its second coming on, as a copy: a part of a head would hold all of it in memory.
 */
export class RepeatedValues {
  readonly #texts: string[] = new Array<string>(places).fill('');
  /** Of the value that was last looked for in vain at a place, by which its second coming is told. */
  readonly #missed = new Int32Array(places >> 1);

  /** Values that are kept now. */
  get size(): number {
    return this.#texts.filter((text) => text !== '').length;
  }

  /** `text` or a string equal to it. It is what stands in `octets` from `start` to `end`, as Latin-1. */
  share(number: number, text: string, octets: DataView, start: number, end: number): string {
    if (repeated[number] !== 1 || text.length < valueCharsMin || text.length > valueCharsMax) return text;
    const mark = markOf(octets, start, end);
    const place = (mark & ((places >> 1) - 1)) * 2;
    const first = this.#texts[place]!;
    if (first === text) return first;
    const second = this.#texts[place + 1]!;
    if (second === text) return second;
    if (this.#missed[place >> 1] !== mark) {
      this.#missed[place >> 1] = mark;
      return text;
    }
    this.#texts[place + 1] = first;
    const copy = Buffer.from(text, 'latin1').toString('latin1');
    this.#texts[place] = copy;
    return copy;
  }
}

/** From the length and some of the octets: different values may have one mark. */
function markOf(octets: DataView, start: number, end: number): number {
  let mark = end - start;
  const from = Math.max(start, end - wordsOfEnd * wordOctets);
  for (let at = end - wordOctets; at >= from; at -= wordOctets) mark = mixed(mark, octets.getInt32(at, true));
  mark = mixed(mark, octets.getInt32(start, true));
  mark = mixed(mark, octets.getInt32(start + ((end - start - wordOctets) >> 1), true));
  return mark ^ (mark >>> 15);
}

function mixed(mark: number, word: number): number {
  const product = Math.imul(mark ^ word, 0x9e3779b1);
  return product ^ (product >>> 13);
}
