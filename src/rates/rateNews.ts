import { rateLimits } from './limits.ts';

/*
 * What a worker admitted, for the others: 8 bytes that name the secret its keys were made with, and then 24 for each key. Byte
 * order is the machine's: news never leave it.
 */
export const newsHeadBytes = 8;
export const newsBytes = 24;
const doublesPer = newsBytes / 8;
const wordsPer = newsBytes / 4;

/** Where a key's last news is looked for, so that a busy key is told once: 2 bytes each. */
const recentPlaces = 1_024;

/**
 * Gathers what was taken of each bucket until somebody tells it. A taking at `atMs` moves the time when a bucket is full again
 * from x to max(x, atMs) + interval; several of them, one after the other, move it to max(x + cost, fullAt), with the sum of
 * intervals as cost and `fullAt` as if the bucket had been full before. So two numbers tell a peer all that happened, however
 * much it was, and what counts is exact wherever the peer's own events do not lie in between.
 */
export class RateNews {
  readonly #memory = new ArrayBuffer(newsHeadBytes + rateLimits.newsMax * newsBytes);
  readonly #doubles = new Float64Array(this.#memory);
  readonly #words = new Int32Array(this.#memory);
  /** Index + 1 of the news that a key's low bits led to last; older than this batch where that one has another key. */
  readonly #recent = new Uint16Array(recentPlaces);
  #kept = 0;
  #lost = 0;

  constructor(secretName: number) {
    this.#words[0] = secretName;
  }

  /** Takings that the other workers will not hear of, because nobody took the ones before in time. */
  get lost(): number {
    return this.#lost;
  }

  /** true: it is the first since they were taken. */
  add(high: number, low: number, atMs: number, intervalMs: number): boolean {
    const index = this.#recent[low & (recentPlaces - 1)]! - 1;
    if (index >= 0 && index < this.#kept && this.#holds(index, high, low)) {
      const at = doubleOf(index);
      this.#doubles[at] = Math.max(this.#doubles[at]!, atMs) + intervalMs;
      this.#doubles[at + 1] = this.#doubles[at + 1]! + intervalMs;
      return false;
    }
    if (this.#kept === rateLimits.newsMax) {
      this.#lost += 1;
      return false;
    }
    const at = doubleOf(this.#kept);
    this.#doubles[at] = atMs + intervalMs;
    this.#doubles[at + 1] = intervalMs;
    this.#words[at * 2 + 4] = high;
    this.#words[at * 2 + 5] = low;
    this.#kept += 1;
    this.#recent[low & (recentPlaces - 1)] = this.#kept;
    return this.#kept === 1;
  }

  /** All of it, packed; undefined when it is nothing. A copy. */
  take(): Uint8Array | undefined {
    if (this.#kept === 0) return undefined;
    const bytes = new Uint8Array(this.#memory).slice(0, newsHeadBytes + this.#kept * newsBytes);
    this.#kept = 0;
    return bytes;
  }

  #holds(index: number, high: number, low: number): boolean {
    const at = doubleOf(index) * 2;
    return this.#words[at + 4] === high && this.#words[at + 5] === low;
  }
}

function doubleOf(index: number): number {
  return newsHeadBytes / 8 + index * doublesPer;
}

/** News of another worker. Any bytes do no harm: what makes no sense is left out. */
export class HeardNews {
  readonly secretName: number;
  readonly count: number;
  readonly #doubles: Float64Array;
  readonly #words: Int32Array;

  private constructor(bytes: Uint8Array, count: number) {
    this.count = count;
    this.#doubles = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    this.secretName = this.#words[0]!;
  }

  /** undefined: they are no whole number of news. The bytes must lie as numbers of 8 bytes do. */
  static over(bytes: Uint8Array): HeardNews | undefined {
    const count = (bytes.length - newsHeadBytes) / newsBytes;
    return Number.isInteger(count) && count >= 0 ? new HeardNews(bytes, count) : undefined;
  }

  high(index: number): number {
    return this.#words[2 + index * wordsPer + 4]!;
  }

  low(index: number): number {
    return this.#words[2 + index * wordsPer + 5]!;
  }

  fullAtMs(index: number): number {
    return this.#doubles[1 + index * doublesPer]!;
  }

  /** Milliseconds of filling that were taken. */
  costMs(index: number): number {
    return this.#doubles[1 + index * doublesPer + 1]!;
  }
}
