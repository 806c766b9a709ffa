import { Chance } from '../../kernel/chance.ts';
import { seededRandom } from '../../kernel/random.ts';
import type { TrainingTable } from './trainingTable.ts';

/** A linear model over the same features: what a forest has to beat. */
export interface LogisticModel {
  logOdds(vector: Float32Array): number;
}

const epochs = 12;

/**
 * Logistic regression by stochastic gradient descent with AdaGrad's steps and a little ridge. Each feature is scaled to mean 0 and
 * deviation 1, with a second input that says whether it is missing.
 */
export function trainLogistic(table: TrainingTable, rowWeights: Float64Array, seed: number): LogisticModel {
  const features = table.names.length;
  const scales = table.columns.map(scaleOf);
  const weights = new Float64Array(features * 2 + 1);
  const squares = new Float64Array(weights.length).fill(1e-8);
  const inputs = new Float64Array(weights.length);
  const read = (valueAt: (feature: number) => number) => {
    for (let feature = 0; feature < features; feature++) {
      const value = valueAt(feature);
      const { mean, deviation } = scales[feature]!;
      const isMissing = Number.isNaN(value);
      // Far outside of what was seen a line means nothing.
      inputs[feature * 2] = isMissing ? 0 : Math.max(-6, Math.min(6, (value - mean) / deviation));
      inputs[feature * 2 + 1] = isMissing ? 1 : 0;
    }
    inputs[features * 2] = 1;
  };
  const sum = () => {
    let total = 0;
    for (let index = 0; index < weights.length; index++) total += weights[index]! * inputs[index]!;
    return total;
  };
  const chance = new Chance(seededRandom(seed));
  const rows = Array.from(table.humans.keys());
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const row of chance.shuffled(rows)) {
      read((feature) => table.columns[feature]![row]!);
      const wrong = rowWeights[row]! * (1 / (1 + Math.exp(-sum())) - table.humans[row]!);
      for (let index = 0; index < weights.length; index++) {
        const gradient = wrong * inputs[index]! + 1e-5 * weights[index]!;
        squares[index]! += gradient * gradient;
        weights[index]! -= (0.1 * gradient) / Math.sqrt(squares[index]!);
      }
    }
  }
  return {
    logOdds(vector) {
      read((feature) => vector[feature]!);
      return sum();
    },
  };
}

function scaleOf(column: Float32Array): { readonly mean: number; readonly deviation: number } {
  const known = column.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return { mean: 0, deviation: 1 };
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}
