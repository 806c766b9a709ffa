import type { Random } from './random.ts';

/** Draws of all shapes from one random source; the same source gives the same draws. */
export class Chance {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): number {
    return this.#random.next();
  }

  happens(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.#random.next() * (max - min + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random.next() * list.length)]!;
  }

  /** One of the values, each as likely as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.#random.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of choices) {
      left -= weight;
      if (left < 0) return value;
    }
    return choices.at(-1)![1];
  }

  /** Spread as pauses of people are: many short, few long. `median` stands in the middle. */
  skewed(median: number, spread: number): number {
    const u = Math.max(this.#random.next(), 1e-12);
    const normal = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.#random.next());
    return median * Math.exp(spread * normal);
  }

  shuffled<T>(list: readonly T[]): T[] {
    const result = [...list];
    for (let index = result.length - 1; index > 0; index--) {
      const other = this.whole(0, index);
      [result[index], result[other]] = [result[other]!, result[index]!];
    }
    return result;
  }
}

/**
 * Runs code of others that draws from `Math.random` with our source in its place, so that a seed repeats it. Synchronous
 * only: nothing else runs meanwhile.
 */
export function withMathRandom<T>(chance: Chance, run: () => T): T {
  const original = Math.random;
  Math.random = () => chance.next();
  try {
    return run();
  } finally {
    Math.random = original;
  }
}
