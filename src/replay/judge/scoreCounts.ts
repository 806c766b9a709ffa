import type { Bands } from './replaySummary.ts';

/** Requests by score, in fixed memory. */
export class ScoreCounts {
  readonly counts = new Uint32Array(100);

  /** null: it has none. */
  add(score: number | null): void {
    this.counts[score ?? 0] = this.counts[score ?? 0]! + 1;
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  get bands(): Bands {
    return { named: this.between(1, 1), low: this.between(2, 29), high: this.between(30, 99) };
  }

  /** Those with a score. */
  get median(): number | null {
    const scored = this.between(1, 99);
    let passed = 0;
    for (let score = 1; score < 100; score += 1) {
      passed += this.counts[score]!;
      if (passed * 2 >= scored && passed > 0) return score;
    }
    return null;
  }

  get tenths(): readonly number[] {
    return Array.from({ length: 10 }, (_, tenth) => this.between(Math.max(1, tenth * 10), tenth * 10 + 9));
  }

  /** Both ends included. */
  between(from: number, to: number): number {
    let sum = 0;
    for (let score = from; score <= to; score += 1) sum += this.counts[score]!;
    return sum;
  }
}
