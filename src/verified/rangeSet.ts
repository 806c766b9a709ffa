import { writeAddress } from './addressWords.ts';

/** Bits of a prefix of the mapped form that stand before an IPv4 address. */
const mappedBits = 96;

/**
 * Addresses, IPv4 and IPv6, as sorted intervals that do not touch: 32 bytes each, found by halving. Immutable. Made from
 * CIDRs, wherever they come from.
 */
export class RangeSet {
  /** Per interval eight words: its first address and its last. */
  readonly #bounds: Uint32Array;
  /** Entries that are no network. */
  readonly refused: number;
  readonly #asked = new Uint32Array(4);

  constructor(cidrs: Iterable<string>) {
    const intervals: Uint32Array[] = [];
    let refused = 0;
    for (const cidr of cidrs) {
      const interval = intervalOf(cidr);
      if (interval === undefined) refused += 1;
      else intervals.push(interval);
    }
    this.refused = refused;
    this.#bounds = merged(intervals.sort((one, other) => compare(one, 0, other, 0)));
  }

  /** Intervals, fewer than the CIDRs where those touch. */
  get size(): number {
    return this.#bounds.length >> 3;
  }

  /** O(log n), without allocation but for the parts of an IPv6 text. What is no address is in no set. */
  has(address: string): boolean {
    if (!writeAddress(address, this.#asked)) return false;
    let low = 0;
    let high = this.size;
    // The first interval that begins behind the address; the one before it may hold it.
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.#bounds, middle * 8, this.#asked, 0) <= 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 && compare(this.#asked, 0, this.#bounds, (low - 1) * 8 + 4) <= 0;
  }
}

/**
 * First and last address of `192.0.2.0/24`, `2001:db8::/32` or a single address; undefined: it is none of them, or a wide
 * IPv6 network that IPv4 addresses would seem to be in (`::/0`).
 */
export function intervalOf(cidr: string): Uint32Array | undefined {
  const slash = cidr.indexOf('/');
  const interval = new Uint32Array(8);
  const address = slash === -1 ? cidr : cidr.slice(0, slash);
  if (!writeAddress(address, interval)) return undefined;
  const own = address.includes(':') ? 0 : mappedBits;
  const bits = slash === -1 ? 128 : prefixBits(cidr.slice(slash + 1), own);
  if (bits === undefined) return undefined;
  for (let word = 0; word < 4; word += 1) {
    const held = Math.min(32, Math.max(0, bits - word * 32));
    const mask = held === 0 ? 0 : (0xffffffff << (32 - held)) >>> 0;
    const first = (interval[word]! & mask) >>> 0;
    interval[word] = first;
    interval[word + 4] = (first | ~mask) >>> 0;
  }
  const holdsMapped = bits < mappedBits && interval[0] === 0 && interval[1] === 0 && interval[2]! <= 0xffff;
  return holdsMapped ? undefined : interval;
}

/** How long a network's prefix is among addresses of its family; undefined: it is no network. */
export function prefixLength(cidr: string): { readonly family: 4 | 6; readonly bits: number } | undefined {
  if (intervalOf(cidr) === undefined) return undefined;
  const family = cidr.includes(':') ? 6 : 4;
  const slash = cidr.indexOf('/');
  return { family, bits: slash === -1 ? (family === 4 ? 32 : 128) : Number(cidr.slice(slash + 1)) };
}

function prefixBits(text: string, before: number): number | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const bits = before + Number(text);
  return bits > 128 ? undefined : bits;
}

/** Joins intervals, in order, that overlap or follow one another directly. */
function merged(intervals: readonly Uint32Array[]): Uint32Array {
  const bounds = new Uint32Array(intervals.length * 8);
  let end = 0;
  for (const interval of intervals) {
    const last = end - 8;
    if (last >= 0 && (compare(interval, 0, bounds, last + 4) <= 0 || follows(interval, bounds, last + 4))) {
      if (compare(interval, 4, bounds, last + 4) > 0) bounds.set(interval.subarray(4), last + 4);
    } else {
      bounds.set(interval, end);
      end += 8;
    }
  }
  return bounds.slice(0, end);
}

/** Whether an interval begins at the address behind the one at `at`. */
function follows(interval: Uint32Array, bounds: Uint32Array, at: number): boolean {
  const next = bounds.slice(at, at + 4);
  for (let word = 3; word >= 0; word -= 1) {
    next[word] = (next[word]! + 1) >>> 0;
    if (next[word] !== 0) return compare(interval, 0, next, 0) === 0;
  }
  return false;
}

/** Below 0 where the address at `oneAt` is the smaller one. */
function compare(one: Uint32Array, oneAt: number, other: Uint32Array, otherAt: number): number {
  for (let word = 0; word < 4; word += 1) {
    const difference = one[oneAt + word]! - other[otherAt + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
