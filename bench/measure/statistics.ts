/** What several rounds of one figure say: the middle one, and how far they lie apart. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** null: no round was valid. The median of an even count is the mean of the middle two. */
export function summarize(values: readonly number[]): Summary | null {
  if (values.length === 0 || !values.every(Number.isFinite)) return null;
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted.length >> 1;
  const lower = (sorted.length - 1) >> 1;
  return { median: (sorted[lower]! + sorted[upper]!) / 2, min: sorted[0]!, max: sorted.at(-1)! };
}
