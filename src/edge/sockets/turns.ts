/** Something that has work at the end of a turn. */
export interface AtTurnEnd {
  /** Must not throw. */
  onTurnEnd(): void;
}

/**
 * The end of a turn of the event loop: when all reads of it are done. What many sockets brought is answered there at once,
 * with one immediate for all of them.
 */
export class Turns {
  #waiting: AtTurnEnd[] = [];

  /** Once per turn and waiting one; it must keep count of that itself. */
  add(waiting: AtTurnEnd): void {
    if (this.#waiting.push(waiting) === 1) setImmediate(this.#end);
  }

  readonly #end = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each.onTurnEnd();
  };
}
