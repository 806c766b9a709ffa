import type { BotVerdict } from '../../contract/botVerdict.ts';
import { agreements } from '../../contract/metrics/labelValues.ts';

/** Scores in groups of ten: 1–9, 10–19 … 90–99. */
const tenths = 10;
/** Where rules usually draw the line. */
const line = 30;

/** How requests were scored, by the model that acts and by the shadow beside it. */
export class ScoreCounts {
  readonly #active = new Float64Array(tenths);
  readonly #shadow = new Float64Array(tenths);
  readonly #agreements = new Float64Array(agreements.length);

  /** The shadow is compared with what the model alone says: a heuristic's 1 is no model's. */
  add(verdict: BotVerdict, shadow: number | null): void {
    if (verdict.kind !== 'scored') return;
    const { score, source } = verdict;
    bump(this.#active, Math.floor(score / tenths));
    if (shadow === null) return;
    bump(this.#shadow, Math.floor(shadow / tenths));
    if (source !== 'model') return;
    const agreement = score < line ? (shadow < line ? 0 : 2) : shadow < line ? 3 : 1;
    bump(this.#agreements, agreement);
  }

  /** By group of ten: `active` or `shadow`, and the group's number. */
  scores(): readonly (readonly [model: 'active' | 'shadow', tenth: number, count: number])[] {
    return [
      ...Array.from(this.#active, (count, tenth) => ['active', tenth, count] as const),
      ...Array.from(this.#shadow, (count, tenth) => ['shadow', tenth, count] as const),
    ];
  }

  agreements(): readonly (readonly [string, number])[] {
    return agreements.map((name, index) => [name, this.#agreements[index]!]);
  }
}

function bump(counts: Float64Array, index: number): void {
  counts[index] = counts[index]! + 1;
}
