/** Of a memo whose owner says nothing else. */
export const memoLimits = {
  /** Parsed user agents, Accept values ... kept per memo and generation; ~200 bytes each, a site sees hundreds. */
  entriesMax: 2_048,
  /** Longer texts are computed each time rather than kept: the longest real user agents have about 400 characters. */
  keyCharsMax: 1_024,
} as const;

/**
 * Remembers what a pure function made of a text. Two generations: when the young one is full it becomes the old one and
 * the old one is dropped, so memory is bounded and whatever is in use survives. Texts that are too long are not kept.
 */
export class BoundedMemo<T> {
  readonly #compute: (text: string) => T;
  readonly #entriesMax: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  constructor(compute: (text: string) => T, entriesMax: number = memoLimits.entriesMax) {
    this.#compute = compute;
    this.#entriesMax = entriesMax;
  }

  get(text: string): T {
    // First: looking a text up costs hashing all of it.
    if (text.length > memoLimits.keyCharsMax) return this.#compute(text);
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const value = this.#old.get(text) ?? this.#compute(text);
    if (this.#young.size >= this.#entriesMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, value);
    return value;
  }

  /** Entries held now; at most twice `entriesMax`. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
