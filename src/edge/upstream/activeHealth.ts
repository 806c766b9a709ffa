import type { UpstreamChoices } from '../../bundles/index.ts';

export type HealthChoices = NonNullable<UpstreamChoices['health']>;

/**
 * What probes say of one origin. It starts healthy: an edge that just came up must serve before its first probe is
 * answered. It changes sides after `unhealthyAfter` or `healthyAfter` probes in a row that say so.
 */
export class ActiveHealth {
  #isHealthy = true;
  #against = 0;

  get isHealthy(): boolean {
    return this.#isHealthy;
  }

  onProbe(isGood: boolean, { unhealthyAfter, healthyAfter }: HealthChoices): void {
    if (isGood === this.#isHealthy) {
      this.#against = 0;
      return;
    }
    this.#against += 1;
    if (this.#against < (isGood ? healthyAfter : unhealthyAfter)) return;
    this.#isHealthy = isGood;
    this.#against = 0;
  }

  /** When probing ends, nobody would ever call it healthy again. */
  reset(): void {
    this.#isHealthy = true;
    this.#against = 0;
  }
}
