import { assert } from '../kernel/assert.ts';

/** Buckets in one set: with their keys two cache lines. */
const perSet = 8;
/** Of a set: keys as pairs of words, then times. */
const wordsPerSet = perSet * 4;
const doublesPerSet = perSet * 2;

/**
 * When the bucket of each key is full again, for a bounded number of keys, at constant cost and without an allocation. A key
 * that is not here has a full bucket, and so has one whose time is over: both are the same, and nothing needs to be deleted.
 *
 * A key may lie in one of two sets of eight, which its own (secret) hash names; a new one goes where fewer buckets still count.
 * It takes the place of the bucket that is full soonest, which is the one that is worth least: those that are full again
 * first. Only when all sixteen count is somebody forgotten, who then has a full bucket: nobody is refused for want of
 * memory. Up to half of all places that happens to nobody (`keysMax` in `limits.ts`); whoever floods the table with keys
 * of his own forgets those first, because a key that was used once is full again soonest.
 *
 * Times are milliseconds on the clock of whoever asks, above zero.
 */
export class BucketTable {
  readonly keysMax: number;
  readonly #setMask: number;
  readonly #keys: Int32Array;
  readonly #times: Float64Array;
  #forgotten = 0;

  /** `keysMax`: a power of two. Reserves 16 bytes a key; the system gives a page when something is written there. */
  constructor(keysMax: number) {
    assert(keysMax >= perSet && (keysMax & (keysMax - 1)) === 0, 'sets are found by a mask');
    this.keysMax = keysMax;
    this.#setMask = keysMax / perSet - 1;
    const memory = new ArrayBuffer(keysMax * 16);
    this.#keys = new Int32Array(memory);
    this.#times = new Float64Array(memory);
  }

  /** Buckets that were not yet full again and had to make way. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** The place of a key, or -1: its bucket is full. Good until the next `put`. */
  find(high: number, low: number): number {
    const place = this.#findIn(low & this.#setMask, high, low);
    return place === -1 ? this.#findIn(high & this.#setMask, high, low) : place;
  }

  fullAtMs(place: number): number {
    return this.#times[place]!;
  }

  setFullAtMs(place: number, fullAtMs: number): void {
    this.#times[place] = fullAtMs;
  }

  /** Gives a place to a key that has none. One whose time is over has it only while nobody else needs it. */
  put(high: number, low: number, fullAtMs: number, nowMs: number): void {
    const first = low & this.#setMask;
    const second = high & this.#setMask;
    const place = this.#soonest(this.#counting(second, nowMs) < this.#counting(first, nowMs) ? second : first);
    const chosen = this.#times[place]! > nowMs ? this.#sooner(this.#soonest(first), this.#soonest(second)) : place;
    if (this.#times[chosen]! > nowMs) {
      // What is full again already is worth less than anybody.
      if (fullAtMs <= nowMs) return;
      this.#forgotten += 1;
    }
    const key = keyAt(chosen);
    this.#keys[key] = low;
    this.#keys[key + 1] = high;
    this.#times[chosen] = fullAtMs;
  }

  /**
   * Calls `see` for buckets that are not full again, from the set `from` on, until so many were seen or looked at. The set to go on
   * with; -1: that was the end.
   */
  each(
    from: number,
    { seenMax, lookedAtMax }: { readonly seenMax: number; readonly lookedAtMax: number },
    nowMs: number,
    see: (high: number, low: number, fullAtMs: number) => void,
  ): number {
    let seen = 0;
    let set = Math.max(0, from);
    const end = Math.min(this.#setMask + 1, set + Math.ceil(lookedAtMax / perSet));
    for (; set < end && seen + perSet <= seenMax; set += 1) {
      for (let place = placeOf(set), slot = 0; slot < perSet; place += 1, slot += 1) {
        const fullAtMs = this.#times[place]!;
        if (!(fullAtMs > nowMs)) continue;
        const key = keyAt(place);
        see(this.#keys[key + 1]!, this.#keys[key]!, fullAtMs);
        seen += 1;
      }
    }
    return set > this.#setMask ? -1 : set;
  }

  #findIn(set: number, high: number, low: number): number {
    const base = set * wordsPerSet;
    for (let slot = 0; slot < perSet; slot += 1) {
      if (this.#keys[base + slot * 2] === low && this.#keys[base + slot * 2 + 1] === high) return placeOf(set) + slot;
    }
    return -1;
  }

  /** How many buckets of the set are not full again. */
  #counting(set: number, nowMs: number): number {
    let count = 0;
    for (let place = placeOf(set), slot = 0; slot < perSet; place += 1, slot += 1) {
      if (this.#times[place]! > nowMs) count += 1;
    }
    return count;
  }

  #soonest(set: number): number {
    let soonest = placeOf(set);
    for (let place = soonest + 1, slot = 1; slot < perSet; place += 1, slot += 1)
      soonest = this.#sooner(soonest, place);
    return soonest;
  }

  #sooner(one: number, other: number): number {
    return this.#times[other]! < this.#times[one]! ? other : one;
  }
}

/** Of a set, the index of its first time: behind its keys. */
function placeOf(set: number): number {
  return set * doublesPerSet + perSet;
}

/** The index of the key whose time is at `place`: a set's keys stand before its times and take as much room. */
function keyAt(place: number): number {
  return (place - perSet) * 2;
}
