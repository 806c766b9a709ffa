import { BoundedMemo } from '../kernel/boundedMemo.ts';
import { verifiedLimits } from './limits.ts';

/** Whom user agents claim to be: the operator whose word stands first in them. Remembers; O(1) for what comes again. */
export class Claims<Operator extends { readonly agents: readonly string[] }> {
  readonly #memo: BoundedMemo<Operator | null>;

  constructor(operators: readonly Operator[]) {
    const byWord = new Map<string, Operator>();
    for (const operator of operators) {
      for (const word of operator.agents) if (!byWord.has(word.toLowerCase())) byWord.set(word.toLowerCase(), operator);
    }
    // The longest first: of two words that begin alike it is the one that is meant.
    const words = [...byWord.keys()].sort((one, other) => other.length - one.length);
    const pattern = new RegExp(`(?<![a-z0-9])(?:${words.map(escaped).join('|') || '(?!)'})(?![a-z0-9])`, 'i');
    this.#memo = new BoundedMemo((userAgent) => {
      const word = pattern.exec(userAgent.slice(0, verifiedLimits.userAgentCharsMax))?.[0];
      return word === undefined ? null : byWord.get(word.toLowerCase())!;
    });
  }

  of(userAgent: string): Operator | null {
    return this.#memo.get(userAgent);
  }
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
