/** Where a key that stands in no slot is. */
const absent = -1;
/** Slots that one eviction looks at, at most: with all of them busy, the least busy of these goes. */
const stepsMax = 64;
const marksMax = 250;
const keyWords = 3;

/**
 * Which slot a key of 96 bits has, for a bounded number of slots, at constant cost: an index with open addressing, and a
 * clock with counters (GCLOCK) that decides who goes when all slots are taken. Each meeting counts one up, each passing of
 * the hand one down, and who has none left goes; a newcomer has none, and a whole round to be met again. So whoever is met
 * more often than the hand comes round stays, however many others come once.
 *
 * Slots are given out one behind the other: what lies in slots that nobody needed yet is never touched.
 */
export class SlotTable {
  readonly slotsMax: number;
  readonly #seed: number;
  readonly #mask: number;
  /** Hash, slot + 1 (0: free), hash, slot + 1 ... At most half full. */
  readonly #entries: Uint32Array;
  readonly #keys: Uint32Array;
  readonly #marks: Uint8Array;
  #size = 0;
  #hand = 0;
  #evictions = 0;

  /** `seed`: a secret one keeps strangers from choosing addresses that stand in each other's way. */
  constructor(slotsMax: number, seed: number) {
    let entries = 16;
    while (entries < slotsMax * 2) entries *= 2;
    this.slotsMax = slotsMax;
    this.#seed = seed | 0;
    this.#mask = entries - 1;
    this.#entries = new Uint32Array(entries * 2);
    this.#keys = new Uint32Array(slotsMax * keyWords);
    this.#marks = new Uint8Array(slotsMax);
  }

  get size(): number {
    return this.#size;
  }

  /** How many slots went from one key to another: while it stays the same, every slot is still whose it was. */
  get evictions(): number {
    return this.#evictions;
  }

  /** The key's slot, or -1. With `counts` this is a meeting. */
  find(high: number, low: number, third: number, counts: boolean): number {
    const hash = this.#hash(high, low, third);
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const slot = this.#entries[at * 2 + 1]! - 1;
      if (slot === absent) return absent;
      if (this.#entries[at * 2] !== hash || !this.#holds(slot, high, low, third)) continue;
      if (counts && this.#marks[slot]! < marksMax) this.#marks[slot] = this.#marks[slot]! + 1;
      return slot;
    }
  }

  /** A slot for a key that has none; whoever had it is forgotten. */
  take(high: number, low: number, third: number): number {
    const slot = this.#size < this.slotsMax ? this.#size++ : this.#evict();
    const key = slot * keyWords;
    this.#keys[key] = high;
    this.#keys[key + 1] = low;
    this.#keys[key + 2] = third;
    this.#marks[slot] = 0;
    const hash = this.#hash(high, low, third);
    let at = hash & this.#mask;
    while (this.#entries[at * 2 + 1] !== 0) at = (at + 1) & this.#mask;
    this.#entries[at * 2] = hash;
    this.#entries[at * 2 + 1] = slot + 1;
    return slot;
  }

  /** One of the three words of a taken slot's key. */
  key(slot: number, word: 0 | 1 | 2): number {
    return this.#keys[slot * keyWords + word]!;
  }

  #holds(slot: number, high: number, low: number, third: number): boolean {
    const key = slot * keyWords;
    return this.#keys[key] === high && this.#keys[key + 1] === low && this.#keys[key + 2] === third;
  }

  #evict(): number {
    this.#evictions += 1;
    let victim = this.#hand;
    let marksMin = marksMax + 1;
    for (let step = 0; step < stepsMax; step += 1) {
      const marks = this.#marks[this.#hand]!;
      if (marks < marksMin) {
        marksMin = marks;
        victim = this.#hand;
      }
      if (marks > 0) this.#marks[this.#hand] = marks - 1;
      this.#hand = this.#hand + 1 === this.slotsMax ? 0 : this.#hand + 1;
      if (marks === 0) break;
    }
    this.#remove(victim);
    return victim;
  }

  /** Takes the slot's entry out and moves up what had to make way for it, so that no search ends early. */
  #remove(slot: number): void {
    const mask = this.#mask;
    const key = slot * keyWords;
    let hole = this.#hash(this.#keys[key]!, this.#keys[key + 1]!, this.#keys[key + 2]!) & mask;
    while (this.#entries[hole * 2 + 1] !== slot + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; this.#entries[at * 2 + 1] !== 0; at = (at + 1) & mask) {
      const home = this.#entries[at * 2]! & mask;
      // It may move when the hole lies between its home and where it is.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      this.#entries[hole * 2] = this.#entries[at * 2]!;
      this.#entries[hole * 2 + 1] = this.#entries[at * 2 + 1]!;
      hole = at;
    }
    this.#entries[hole * 2 + 1] = 0;
  }

  /** Murmur3's mixing of the three words. */
  #hash(high: number, low: number, third: number): number {
    let hash = this.#seed;
    hash = mixed(hash, high);
    hash = mixed(hash, low);
    hash = mixed(hash, third);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

function mixed(hash: number, word: number): number {
  let bits = Math.imul(word, 0xcc9e2d51);
  bits = Math.imul((bits << 15) | (bits >>> 17), 0x1b873593);
  const sum = hash ^ bits;
  return (Math.imul((sum << 13) | (sum >>> 19), 5) + 0xe6546b64) | 0;
}
