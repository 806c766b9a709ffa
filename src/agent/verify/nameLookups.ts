import { isAddress } from '../../address/index.ts';
import type { NamesAnswer } from '../../contract/verifiedBots.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { AskNames } from './confirmedNames.ts';
import { verifyLimits } from './limits.ts';

interface Kept {
  readonly answer: NamesAnswer;
  readonly untilMs: number;
}

/**
 * Looks addresses up for all workers: each once, few at a time, never more waiting than the bound. What was found is told
 * to every worker (`tell`) and kept for those that start later.
 */
export class NameLookups {
  readonly #ask: AskNames | undefined;
  readonly #clock: Clock;
  readonly #tell: (answers: readonly NamesAnswer[]) => void;
  /** In the order in which they came. */
  readonly #waiting = new Set<string>();
  readonly #asking = new Set<string>();
  readonly #kept = new Map<string, Kept>();
  #answeredAtMs = Number.NEGATIVE_INFINITY;

  /** Without `ask` every address is answered with `failed`. */
  constructor(ask: AskNames | undefined, clock: Clock, tell: (answers: readonly NamesAnswer[]) => void) {
    this.#ask = ask;
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Addresses come from a worker's requests: nothing about them is believed. Gives the answers that are there already. */
  want(addresses: readonly string[]): readonly NamesAnswer[] {
    const known: NamesAnswer[] = [];
    for (const address of addresses) {
      const kept = this.#find(address);
      if (kept !== undefined) known.push(kept);
      else if (this.#ask === undefined) known.push({ address, names: 'failed', forMs: verifyLimits.failedMs });
      else this.#enqueue(address);
    }
    this.#askMore();
    return known;
  }

  /** All that is known, for a worker that starts. */
  answers(): readonly NamesAnswer[] {
    return [...this.#kept.keys()].flatMap((address) => this.#find(address) ?? []);
  }

  get waiting(): number {
    return this.#waiting.size + this.#asking.size;
  }

  #find(address: string): NamesAnswer | undefined {
    const kept = this.#kept.get(address);
    const leftMs = kept === undefined ? 0 : kept.untilMs - this.#clock.monotonicMs();
    return kept === undefined || leftMs <= 0 ? undefined : { ...kept.answer, forMs: leftMs };
  }

  #enqueue(address: string): void {
    if (!isAddress(address) || this.#asking.has(address)) return;
    if (this.#waiting.size < verifyLimits.lookupsWaitingMax) this.#waiting.add(address);
  }

  #askMore(): void {
    if (this.#ask === undefined) return;
    for (const address of this.#waiting) {
      if (this.#asking.size >= verifyLimits.lookupsAtOnce) return;
      this.#waiting.delete(address);
      this.#asking.add(address);
      this.#ask(address).then(
        (found) => this.#onFound({ address, ...found }),
        () => this.#onFound({ address, names: 'failed', forMs: verifyLimits.failedMs }),
      );
    }
  }

  #onFound(answer: NamesAnswer): void {
    const nowMs = this.#clock.monotonicMs();
    this.#asking.delete(answer.address);
    this.#askMore();
    if (answer.names !== 'failed') this.#answeredAtMs = nowMs;
    // One whose name servers are silent may want that; when all are silent, it is our own way to them that is cut.
    else if (nowMs - this.#answeredAtMs > verifyLimits.outageMs) return;
    this.#kept.delete(answer.address);
    if (this.#kept.size >= verifyLimits.answersMax) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(answer.address, { answer, untilMs: nowMs + answer.forMs });
    this.#tell([answer]);
  }
}
