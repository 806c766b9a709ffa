import type { NamesAnswer } from '../contract/verifiedBots.ts';
import { verifiedLimits } from './limits.ts';

interface Known {
  readonly names: NamesAnswer['names'];
  readonly untilMs: number;
}

/** What a worker knows of the names of addresses, and which it wants to know. Bounded; times are monotonic. */
export class NameAnswers {
  readonly #known = new Map<string, Known>();
  /** Address → when it was asked for. */
  readonly #asked = new Map<string, number>();
  #toAsk: string[] = [];

  /** undefined: not known yet, and now it is being asked for. */
  find(address: string, nowMs: number): NamesAnswer['names'] | undefined {
    const known = this.#known.get(address);
    if (known !== undefined && nowMs < known.untilMs) return known.names;
    this.#ask(address, nowMs);
    // What was known goes on being true until the new answer is there: a crawler is not unknown once an hour.
    return known?.names;
  }

  add({ address, names, forMs }: NamesAnswer, nowMs: number): void {
    this.#asked.delete(address);
    this.#known.delete(address);
    if (this.#known.size >= verifiedLimits.answersMax) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(address, { names, untilMs: nowMs + forMs });
  }

  /** Addresses to ask for since the last call. */
  takeAsks(): string[] {
    const asks = this.#toAsk;
    this.#toAsk = [];
    return asks;
  }

  get hasAsks(): boolean {
    return this.#toAsk.length > 0;
  }

  #ask(address: string, nowMs: number): void {
    const askedMs = this.#asked.get(address);
    if (askedMs !== undefined && nowMs - askedMs < verifiedLimits.askAgainMs) return;
    if (askedMs === undefined && this.#asked.size >= verifiedLimits.asksMax && !this.#forgetOldAsk(nowMs)) return;
    this.#asked.delete(address);
    this.#asked.set(address, nowMs);
    this.#toAsk.push(address);
  }

  /** Makes room where an answer never came; the oldest is the first. */
  #forgetOldAsk(nowMs: number): boolean {
    const [oldest] = this.#asked;
    if (oldest === undefined || nowMs - oldest[1] < verifiedLimits.askAgainMs) return false;
    return this.#asked.delete(oldest[0]);
  }
}
