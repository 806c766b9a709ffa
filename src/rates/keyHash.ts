import { rateLimits } from './limits.ts';

/** 64 bits that all workers of an edge share and nobody else knows. */
export interface RateSecret {
  readonly first: number;
  readonly second: number;
}

/** Behind the words of a number, where a text has its length. */
const numberEnd = -1;
/** Rounds without a word that end each half of the outcome. */
const lastRounds = 3;

/**
 * HalfSipHash-1-3 with 64 bits of outcome, over words of 32 bits. It is what Linux keys its hash tables with: a stranger who
 * does not know the secret cannot choose two values with one hash, or many that want the same place. Two values that nobody
 * chose share a hash with a probability of 2^-64.
 *
 * Allocates nothing: `high` and `low` are the outcome, as signed words, until the next call.
 */
export class KeyHash {
  high = 0;
  low = 0;
  readonly #first: number;
  readonly #second: number;
  /** What is hashed, its end, and a zero for each of the last rounds. */
  readonly #words = new Int32Array(rateLimits.keyCharsMax / 2 + 1 + 2 * lastRounds);

  constructor({ first, second }: RateSecret) {
    this.#first = first | 0;
    this.#second = second | 0;
  }

  /** Of a text, or of its part from `from` to `until`: two characters a word. */
  ofText(text: string, from = 0, until = text.length): void {
    const length = until - from;
    const half = rateLimits.keyCharsMax / 2;
    let count: number;
    if (length <= half * 2) count = this.#put(text, from, until, 0);
    else count = this.#put(text, until - half, until, this.#put(text, from, from + half, 0));
    // Without it `a` would be `a` with a zero behind it.
    this.#words[count] = length;
    this.#hash(count + 1);
  }

  /** Of a whole number up to 2^53. */
  ofNumber(value: number): void {
    this.#words[0] = Math.floor(value / 2 ** 32);
    this.#words[1] = value;
    this.#words[2] = numberEnd;
    this.#hash(3);
  }

  #put(text: string, from: number, until: number, at: number): number {
    const words = this.#words;
    let count = at;
    let index = from;
    for (; index + 1 < until; index += 2) {
      words[count] = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16);
      count += 1;
    }
    if (index < until) {
      words[count] = text.charCodeAt(index);
      count += 1;
    }
    return count;
  }

  #hash(count: number): void {
    const words = this.#words;
    words.fill(0, count, count + 2 * lastRounds);
    let v0 = this.#first;
    let v1 = this.#second ^ 0xee;
    let v2 = this.#first ^ 0x6c796765;
    let v3 = this.#second ^ 0x74656462;
    let at = 0;
    for (let end = count; end <= count + 2 * lastRounds; end += lastRounds) {
      for (; at < end; at += 1) {
        const word = words[at]!;
        v3 ^= word;
        v0 = (v0 + v1) | 0;
        v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
        v2 = (v2 + v3) | 0;
        v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
        v0 = (((v0 << 16) | (v0 >>> 16)) + v3) | 0;
        v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
        v2 = (v2 + v1) | 0;
        v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
        v2 = (v2 << 16) | (v2 >>> 16);
        v0 ^= word;
      }
      if (end === count) v2 ^= 0xee;
      else if (end === count + lastRounds) {
        this.low = v1 ^ v3;
        v1 ^= 0xdd;
      }
    }
    this.high = v1 ^ v3;
  }
}
