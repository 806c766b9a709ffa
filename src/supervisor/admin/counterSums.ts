import { type CountFamily, countFamilies } from '../../contract/metrics/edgeMetrics.ts';
import { type FamilyCounts, labelJoin } from '../../contract/workerCounts.ts';
import { adminLimits } from './limits.ts';

/**
 * Adds up what the processes of one slot count, one after another and side by side. A sum never goes down: neither when a
 * process is replaced or killed, nor when one forgets what it counted (an origin that a reload removed).
 */
export class CounterSums {
  readonly #sums = new Map<CountFamily, Map<string, number>>(countFamilies.map((family) => [family, new Map()]));
  /** What each living process said last. */
  readonly #last = new Map<object, FamilyCounts>();

  /** `process`: whoever says so; the same object each time. */
  take(process: object, counts: FamilyCounts): void {
    const last = this.#last.get(process);
    this.#last.set(process, counts);
    for (const family of countFamilies) {
      for (const [key, count] of Object.entries(counts[family] ?? {})) {
        const before = last?.[family]?.[key] ?? 0;
        this.#add(family, key, count >= before ? count - before : count);
      }
    }
  }

  /** The process is gone; what it counted stays. */
  forget(process: object): void {
    this.#last.delete(process);
  }

  of(family: CountFamily): ReadonlyMap<string, number> {
    return this.#sums.get(family)!;
  }

  /** Of a family without labels. */
  one(family: CountFamily): number {
    return this.of(family).get('') ?? 0;
  }

  #add(family: CountFamily, key: string, more: number): void {
    const sums = this.#sums.get(family)!;
    const isKnown = sums.has(key) || sums.size < adminLimits.keysPerFamilyMax;
    const at = isKnown ? key : key.replace(/[^\n]+/g, 'other');
    sums.set(at, (sums.get(at) ?? 0) + more);
  }
}

/** The label values of a key. */
export function labelsOf(key: string): readonly string[] {
  return key.split(labelJoin);
}
