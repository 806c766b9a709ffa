import { addressWords, type Network, readAddress, readNetwork } from '../address/index.ts';

/**
 * Addresses, IPv4 and IPv6, as sorted intervals that do not touch: 32 bytes each, found by halving. Immutable. Made from
 * CIDRs, wherever they come from.
 */
export class RangeSet {
  /** Per interval eight words: its first address and its last. */
  readonly #bounds: Uint32Array;
  /** Entries that are no network. */
  readonly refused: number;
  readonly #asked = addressWords();

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

  /** O(log n), without allocation. What is no address is in no set. */
  has(address: string): boolean {
    if (readAddress(address, this.#asked) === 0) return false;
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
 * Eight words, the first address and the last one. undefined: it is no network, or a wide IPv6 one that all of IPv4 lies
 * within (`::/0`): as one interval it would hold addresses that the network does not.
 */
function intervalOf(cidr: string): Uint32Array | undefined {
  const network = readNetwork(cidr);
  if (network === undefined || surroundsIpv4(network)) return undefined;
  const interval = new Uint32Array(8);
  interval.set(network.first);
  interval.set(network.last, 4);
  return interval;
}

/** Whether all of IPv4 lies between the first and the last address of an IPv6 network, though none of it belongs to it. */
export function surroundsIpv4({ family, first, last }: Network): boolean {
  return family === 6 && compare(first, 0, firstIpv4, 0) <= 0 && compare(firstIpv4, 0, last, 0) <= 0;
}

const firstIpv4 = readNetwork('0.0.0.0/0')!.first;

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
