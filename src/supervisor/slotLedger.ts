import type { DeathCause, ReplacementCause } from '../contract/metrics/labelValues.ts';
import { CounterSums } from './admin/counterSums.ts';

/** What is remembered of a slot for the admin socket; plain counting, nothing is decided by it. */
export class SlotLedger {
  readonly sums = new CounterSums();
  starts = 0;
  readonly deaths: Record<DeathCause, number> = { exit: 0, signal: 0, hung: 0 };
  readonly replacements: Record<ReplacementCause, number> = { asked: 0, memory: 0 };

  died(signal: string | null, isHung: boolean): void {
    this.deaths[isHung ? 'hung' : signal === null ? 'exit' : 'signal'] += 1;
  }
}
