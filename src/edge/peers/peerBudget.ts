/** So many in each second: what hearing others may cost, however many they are. */
export class PeerBudget {
  readonly #perSecondMax: number;
  #secondAtMs = Number.NEGATIVE_INFINITY;
  #spent = 0;

  constructor(perSecondMax: number) {
    this.#perSecondMax = perSecondMax;
  }

  /** How many of `wanted` are still to be had in this second. */
  take(wanted: number, nowMs: number): number {
    if (nowMs - this.#secondAtMs >= 1_000) {
      this.#secondAtMs = nowMs;
      this.#spent = 0;
    }
    const taken = Math.min(wanted, this.#perSecondMax - this.#spent);
    this.#spent += taken;
    return taken;
  }
}
