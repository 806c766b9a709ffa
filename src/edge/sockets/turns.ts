/**
 * The end of a turn has steps, and one is done for all who wait for it before the next one begins.
 * take: requests that were read together are looked at. handle: they are judged and sent on. write: what gathered for each
 * socket goes out. conclude: what nobody waits for, such as the log.
 */
export const turnSteps = ['take', 'handle', 'write', 'conclude'] as const;
export type TurnStep = (typeof turnSteps)[number];

/** Something that has work at the end of a turn. */
export interface AtTurnEnd {
  /** Must not throw. */
  onTurnEnd(step: TurnStep): void;
}

/**
 * The end of a turn of the event loop: when all reads of it are done. What many sockets brought is worked off there step by
 * step, with one immediate for all of it. One thing at a time for many requests is cheaper than one request after the
 * other, because code and tables stay in the processor's caches, and a peer is woken once for many writes (measured in
 * docs/decisions/2026-11-24-turns.md).
 */
export class Turns {
  readonly #waiting: Readonly<Record<TurnStep, AtTurnEnd[]>> = { take: [], handle: [], write: [], conclude: [] };
  #isDue = false;

  /** Once per turn, step and waiting one; it must keep count of that itself. */
  add(step: TurnStep, waiting: AtTurnEnd): void {
    this.#waiting[step].push(waiting);
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(this.#end);
  }

  readonly #end = (): void => {
    this.#isDue = false;
    for (const step of turnSteps) {
      const waiting = this.#waiting[step];
      // What comes up for a step while it is done belongs to it; for one that is over, to the next turn.
      for (let index = 0; index < waiting.length; index++) waiting[index]!.onTurnEnd(step);
      waiting.length = 0;
    }
  };
}
