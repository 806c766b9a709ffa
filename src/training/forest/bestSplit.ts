import { type BinnedColumn, missingBin } from './binnedColumn.ts';
import type { Boosting, Slopes } from './boostedTrees.ts';

/** Between which a node's output stays, because of what was asked above it. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** A question about one column: bins above `bin` go right. */
export interface Split {
  readonly column: BinnedColumn;
  readonly bin: number;
  readonly missingRight: boolean;
  readonly gain: number;
  /** Outputs of the two sides. */
  readonly left: number;
  readonly right: number;
}

const gradients = new Float64Array(missingBin + 1);
const curvatures = new Float64Array(missingBin + 1);

/** The question about this column that lowers the loss most; undefined where none does within bounds and direction. */
export function bestSplit(
  rows: Uint32Array,
  column: BinnedColumn,
  { gradient, curvature }: Slopes,
  bounds: Bounds,
  { ridge, leafWeightMin }: Pick<Boosting, 'ridge' | 'leafWeightMin'>,
): Split | undefined {
  const { bins, direction, thresholds } = column;
  gradients.fill(0);
  curvatures.fill(0);
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index]!;
    const bin = bins[row]!;
    gradients[bin] = gradients[bin]! + gradient[row]!;
    curvatures[bin] = curvatures[bin]! + curvature[row]!;
  }
  let [sumGradient, sumCurvature] = [gradients[missingBin]!, curvatures[missingBin]!];
  for (let bin = 0; bin <= thresholds.length; bin += 1) {
    sumGradient += gradients[bin]!;
    sumCurvature += curvatures[bin]!;
  }
  const output = (g: number, h: number) => Math.min(bounds.high, Math.max(bounds.low, -g / (h + ridge)));
  const worth = (g: number, h: number, value: number) => -(2 * g * value + (h + ridge) * value * value);
  const before = worth(sumGradient, sumCurvature, output(sumGradient, sumCurvature));
  let best: Split | undefined;
  let bestGain = gainMin;
  for (const missingRight of missingSides(column)) {
    let g = missingRight ? 0 : gradients[missingBin]!;
    let h = missingRight ? 0 : curvatures[missingBin]!;
    for (let bin = 0; bin < thresholds.length; bin += 1) {
      g += gradients[bin]!;
      h += curvatures[bin]!;
      if (h < leafWeightMin || sumCurvature - h < leafWeightMin) continue;
      const left = output(g, h);
      const right = output(sumGradient - g, sumCurvature - h);
      if ((right - left) * direction < 0 || !mayMiss(column, missingRight, left, right)) continue;
      const gain = worth(g, h, left) + worth(sumGradient - g, sumCurvature - h, right) - before;
      if (gain <= bestGain) continue;
      bestGain = gain;
      best = { column, bin, missingRight, gain, left, right };
    }
  }
  return best;
}

const gainMin = 1e-6;

/** Where rows without a value may go: where larger values speak for a person one side alone is theirs. */
function missingSides({ direction, speaksWhenMissing }: BinnedColumn): readonly boolean[] {
  return direction === 0 || speaksWhenMissing ? [false, true] : [direction === 1];
}

/** What is not there speaks against nobody: it goes with the side that is better for a person. */
function mayMiss({ speaksWhenMissing }: BinnedColumn, missingRight: boolean, left: number, right: number): boolean {
  return speaksWhenMissing || (missingRight ? right >= left : left >= right);
}
