import type { Question } from './boostedTrees.ts';

/** A column as trees ask about it: for each row, how many thresholds its value reaches. */
export interface BinnedColumn extends Question {
  /** In the table. */
  readonly place: number;
  /** Ascending; float32. */
  readonly thresholds: Float32Array;
  /** Per row: bin b holds the values from threshold b - 1 on, below threshold b. */
  readonly bins: Uint8Array;
}

/** The bin of rows without a value. */
export const missingBin = 255;
const thresholdsMax = 63;

/** Thresholds lie half way between values that occur; where there are many, between quantiles of the distinct ones. */
export function binColumn(values: Float32Array): Pick<BinnedColumn, 'thresholds' | 'bins'> {
  const distinct = [...new Set(values.filter((value) => !Number.isNaN(value)))].sort((left, right) => left - right);
  const cuts = Math.min(thresholdsMax, Math.max(0, distinct.length - 1));
  const thresholds = Float32Array.from({ length: cuts }, (_, cut) => {
    const above = Math.floor(((cut + 1) * distinct.length) / (cuts + 1));
    return halfWay(distinct[above - 1]!, distinct[above]!);
  });
  return { thresholds, bins: Uint8Array.from(values, (value) => binOf(value, thresholds)) };
}

/** Above the lower one, also where rounding to float32 would give it back. */
function halfWay(lower: number, upper: number): number {
  const middle = Math.fround(lower + (upper - lower) / 2);
  return middle > lower ? middle : upper;
}

function binOf(value: number, thresholds: Float32Array): number {
  if (Number.isNaN(value)) return missingBin;
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= thresholds[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}
