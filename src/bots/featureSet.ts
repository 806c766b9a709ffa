import type { FeatureFile } from '../contract/kinds/featureFile.ts';
import type { RequestHead } from '../http/requestHead.ts';
import { assert } from '../kernel/assert.ts';
import { checkedParameters, checkFeatureDefinition } from './checkFeatureDefinition.ts';
import type { ClientWindow } from './clients/clientWindow.ts';
import { extractors } from './extractors/registry.ts';
import type { Extract, Source } from './request/extractor.ts';
import { RequestFacts } from './request/requestFacts.ts';

/** Features that are filled alike: where they stand in the vector, and what gives their numbers. */
interface Group {
  readonly positions: Int32Array;
  readonly extracts: readonly Extract[];
}

/** Vectors that are allocated together: memory of its own costs more than all that is written to a vector. */
const vectorsTogether = 8;
/** Vectors that were given back and wait: as many as requests are in the hands of one worker while it is busy, 0.4 MB. */
const spareVectorsMax = 1_024;

/**
 * A compiled feature file: its definitions make the vector, in their order. Immutable; one per version in force. A hundred
 * calls would cost more than what they find, so features with a `Source` are filled by what that spares.
 */
export class FeatureSet {
  readonly names: readonly string[];
  readonly #minima: Float64Array;
  readonly #maxima: Float64Array;
  /** NaN where a missing value stays missing. */
  readonly #defaults: Float64Array;
  /** Those without a source: each is asked. */
  readonly #asked: Group;
  readonly #windows: Group;
  /** Of `#windows`, in the same order. */
  readonly #windowPlaces: Int32Array;
  /** Stands for this set in what is remembered of user agents, which outlives it. */
  readonly #token = {};
  readonly #userAgents: Group;
  readonly #handshakes: Group;
  readonly #signals: Group;
  #fresh = new Float32Array(0);
  /** Vectors of `#fresh` that nobody has yet: those at its beginning. */
  #freshLeft = 0;
  readonly #spare: Float32Array[] = [];

  constructor(file: FeatureFile) {
    this.names = file.features.map((definition) => definition.name);
    assert(new Set(this.names).size === this.names.length, 'feature names are unique');
    const compiled = file.features.map((definition, position) => {
      const findings = checkFeatureDefinition(definition);
      assert(findings.length === 0, findings[0]?.message ?? 'a checked definition compiles');
      const extractor = extractors.get(definition.extractor)!;
      const extract = extractor.compile(checkedParameters(extractor, definition.parameters));
      return { position, source: extractor.source, extract };
    });
    const groupOf = (kind: Source['kind'] | undefined): Group => {
      const members = compiled.filter(({ source }) => source?.kind === kind);
      return {
        positions: Int32Array.from(members, ({ position }) => position),
        extracts: members.map(({ extract }) => extract),
      };
    };
    this.#minima = Float64Array.from(file.features, (definition) => definition.range[0]);
    this.#maxima = Float64Array.from(file.features, (definition) => definition.range[1]);
    this.#defaults = Float64Array.from(file.features, (definition) => definition.default ?? Number.NaN);
    this.#asked = groupOf(undefined);
    this.#windows = groupOf('window');
    this.#windowPlaces = Int32Array.from(
      compiled.flatMap(({ source }) => (source?.kind === 'window' ? [source.place] : [])),
    );
    this.#userAgents = groupOf('user-agent');
    this.#handshakes = groupOf('handshake');
    this.#signals = groupOf('signals');
  }

  get size(): number {
    return this.names.length;
  }

  /** Position in the vector; -1 when the name is none of this file's. */
  position(name: string): number {
    return this.names.indexOf(name);
  }

  /** Room for a vector, the caller's own until it gives it back, which it need not. What stands in it is anything. */
  makeVector(): Float32Array {
    const spare = this.#spare.pop();
    if (spare !== undefined) return spare;
    const { size } = this;
    if (this.#freshLeft === 0) {
      this.#fresh = new Float32Array(size * vectorsTogether);
      this.#freshLeft = vectorsTogether;
    }
    this.#freshLeft -= 1;
    return this.#fresh.subarray(this.#freshLeft * size, (this.#freshLeft + 1) * size);
  }

  /** Nobody reads this vector of `makeVector` any more. Once: two owners would write over each other's. */
  giveBack(vector: Float32Array): void {
    assert(vector.length === this.size, 'a vector goes back to the set that made it');
    if (this.#spare.length < spareVectorsMax) this.#spare.push(vector);
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
    assert(vector.length === this.#minima.length, 'the vector has one entry per feature');
    this.#ask(this.#asked, facts, window, vector);
    this.#copyWindow(window, vector);
    this.#copyUserAgent(facts, window, vector);
    if (facts.isOpeningSeen) this.#ask(this.#handshakes, facts, window, vector);
    else this.#leaveOut(this.#handshakes, vector);
    if (facts.hasSignals) this.#ask(this.#signals, facts, window, vector);
    else this.#leaveOut(this.#signals, vector);
  }

  #ask({ extracts, positions }: Group, facts: RequestFacts, window: ClientWindow, vector: Float32Array): void {
    for (let index = 0; index < positions.length; index += 1) {
      const position = positions[index]!;
      vector[position] = this.#inRange(position, extracts[index]!(facts, window));
    }
  }

  #copyWindow({ figures }: ClientWindow, vector: Float32Array): void {
    const { positions } = this.#windows;
    const places = this.#windowPlaces;
    for (let index = 0; index < positions.length; index += 1) {
      const position = positions[index]!;
      vector[position] = this.#inRange(position, figures[places[index]!]!);
    }
  }

  /** Computed when a user agent comes for the first time, or when another set has asked in between. */
  #copyUserAgent(facts: RequestFacts, window: ClientWindow, vector: Float32Array): void {
    const { positions } = this.#userAgents;
    const { shared } = facts.userAgent;
    if (shared.owner !== this.#token) {
      this.#ask(this.#userAgents, facts, window, vector);
      shared.figures = Float32Array.from(positions, (position) => vector[position]!);
      shared.owner = this.#token;
      return;
    }
    const { figures } = shared;
    for (let index = 0; index < positions.length; index += 1) vector[positions[index]!] = figures[index]!;
  }

  #leaveOut({ positions }: Group, vector: Float32Array): void {
    for (let index = 0; index < positions.length; index += 1) {
      const position = positions[index]!;
      vector[position] = this.#defaults[position]!;
    }
  }

  #inRange(position: number, value: number): number {
    const minimum = this.#minima[position]!;
    const maximum = this.#maxima[position]!;
    if (value < minimum) return minimum;
    if (value > maximum) return maximum;
    return Number.isNaN(value) ? this.#defaults[position]! : value;
  }
}

/** Throws AssertionFailure on what the validator would have refused. */
export function compileFeatures(file: FeatureFile): FeatureSet {
  return new FeatureSet(file);
}
