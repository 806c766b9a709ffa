import type { FeatureDefinition } from '../contract/featureFile.ts';
import type { ClientWindow } from './clientWindow.ts';
import type { RequestFacts } from './facts/requestFacts.ts';

export type ParameterValue = FeatureDefinition['parameters'][string];

/** What an extractor takes from a feature file. Without `fallback` the parameter must be there. */
export type ParameterSpec =
  | { readonly kind: 'header-name'; readonly fallback?: string }
  | { readonly kind: 'text'; readonly fallback?: string }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly fallback?: number }
  | { readonly kind: 'boolean'; readonly fallback?: boolean }
  | { readonly kind: 'header-names' | 'texts'; readonly fallback?: readonly string[] };

/** Gives one number of a request, NaN where it has none. Called per request: no I/O, no throw, cost bounded by the head. */
export type Extract = (facts: RequestFacts, window: ClientWindow) => number;

/** A named way to make a number out of a request. What it computes is code; how it is tuned stands in the feature file. */
export interface Extractor {
  readonly name: string;
  /** One sentence for people: what the number says, and when it is missing. */
  readonly summary: string;
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  /** Called once per feature when a feature file is compiled, with checked parameters. */
  compile(parameters: CheckedParameters): Extract;
}

/** Parameters that passed `checkFeatureDefinition`, with fallbacks filled in. */
export class CheckedParameters {
  readonly #values: ReadonlyMap<string, ParameterValue>;

  constructor(values: ReadonlyMap<string, ParameterValue>) {
    this.#values = values;
  }

  text(name: string): string {
    return this.#values.get(name) as string;
  }

  number(name: string): number {
    return this.#values.get(name) as number;
  }

  boolean(name: string): boolean {
    return this.#values.get(name) as boolean;
  }

  texts(name: string): readonly string[] {
    return this.#values.get(name) as readonly string[];
  }
}

/** An extractor without parameters. */
export function plain(name: string, summary: string, extract: Extract): Extractor {
  return { name, summary, parameters: {}, compile: () => extract };
}
