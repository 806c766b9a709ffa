import type { FeatureFile } from '../contract/featureFile.ts';
import type { RequestHead } from '../http/requestHead.ts';
import { assert } from '../kernel/assert.ts';
import { checkedParameters, checkFeatureDefinition } from './checkFeatureDefinition.ts';
import type { ClientWindow } from './clientWindow.ts';
import type { Extract } from './extractor.ts';
import { extractors } from './extractors/registry.ts';
import { RequestFacts } from './facts/requestFacts.ts';

/** A compiled feature file: its definitions make the vector, in their order. Immutable; one per version in force. */
export class FeatureSet {
  readonly names: readonly string[];
  readonly #extracts: readonly Extract[];
  readonly #minima: Float64Array;
  readonly #maxima: Float64Array;
  /** NaN where a missing value stays missing. */
  readonly #defaults: Float64Array;

  constructor(file: FeatureFile) {
    this.names = file.features.map((definition) => definition.name);
    assert(new Set(this.names).size === this.names.length, 'feature names are unique');
    this.#extracts = file.features.map((definition) => {
      const findings = checkFeatureDefinition(definition);
      assert(findings.length === 0, findings[0]?.message ?? 'a checked definition compiles');
      const extractor = extractors.get(definition.extractor)!;
      return extractor.compile(checkedParameters(extractor, definition.parameters));
    });
    this.#minima = Float64Array.from(file.features, (definition) => definition.range[0]);
    this.#maxima = Float64Array.from(file.features, (definition) => definition.range[1]);
    this.#defaults = Float64Array.from(file.features, (definition) => definition.default ?? Number.NaN);
  }

  get size(): number {
    return this.names.length;
  }

  /** Position in the vector; -1 when the name is none of this file's. */
  position(name: string): number {
    return this.names.indexOf(name);
  }

  /**
   * Writes the request's vector: extract, clamp to the range, put the default where there is no value, round to float32.
   * `vector` has `size` entries; NaN is missing.
   */
  fill(head: RequestHead, window: ClientWindow, vector: Float32Array): void {
    this.fillFromFacts(new RequestFacts(head), window, vector);
  }

  /** The same, when the facts were read already. */
  fillFromFacts(facts: RequestFacts, window: ClientWindow, vector: Float32Array): void {
    assert(vector.length === this.#extracts.length, 'the vector has one entry per feature');
    for (let index = 0; index < vector.length; index += 1) {
      const value = this.#extracts[index]!(facts, window);
      const minimum = this.#minima[index]!;
      const maximum = this.#maxima[index]!;
      if (value < minimum) vector[index] = minimum;
      else if (value > maximum) vector[index] = maximum;
      else vector[index] = Number.isNaN(value) ? this.#defaults[index]! : value;
    }
  }
}

/** Throws AssertionFailure on what the validator would have refused. */
export function compileFeatures(file: FeatureFile): FeatureSet {
  return new FeatureSet(file);
}
