/** Whose value a path through a tree follows for a feature: open until the two part over it. */
type Side = 'open' | 'vector' | 'reference';

/**
 * The features over which a vector and its reference have parted on the way to a leaf. A leaf's output counts where
 * exactly the features of side `vector` were exchanged before those of side `reference`: of all orders of a + b features,
 * the one that completes this is worth (a - 1)! b! / (a + b)! to each on the vector's side, and likewise, taken away, to
 * each on the other (Shapley's weights for one reference).
 */
export class Sides {
  readonly #sides: Side[];
  readonly #settled: number[] = [];
  #vectors = 0;

  constructor(features: number) {
    this.#sides = new Array<Side>(features).fill('open');
  }

  of(feature: number): Side {
    return this.#sides[feature]!;
  }

  settle(feature: number, side: 'vector' | 'reference'): void {
    this.#sides[feature] = side;
    this.#settled.push(feature);
    if (side === 'vector') this.#vectors += 1;
  }

  /** Takes the last `settle` back. */
  reopen(): void {
    const feature = this.#settled.pop()!;
    if (this.#sides[feature] === 'vector') this.#vectors -= 1;
    this.#sides[feature] = 'open';
  }

  /** Shares a leaf's output among the features that led to it. */
  share(output: number, byFeature: Float64Array): void {
    const vectors = this.#vectors;
    const references = this.#settled.length - vectors;
    const ways = binomial(vectors + references, vectors);
    for (const feature of this.#settled) {
      const share = this.#sides[feature] === 'vector' ? output / (vectors * ways) : -output / (references * ways);
      byFeature[feature] = byFeature[feature]! + share;
    }
  }
}

/** At most 200 features part: 200 over 100 is 9e58, well within a double. */
function binomial(n: number, k: number): number {
  let result = 1;
  for (let index = 1; index <= k; index += 1) result = (result * (n - k + index)) / index;
  return result;
}
