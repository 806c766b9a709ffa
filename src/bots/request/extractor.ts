import type { FeatureDefinition } from '../../contract/kinds/featureFile.ts';
import type { ClientWindow } from '../clients/clientWindow.ts';
import type { RequestFacts } from './requestFacts.ts';

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

/**
 * Where an extractor's number comes from, if it is known to come from one place alone: what lies there already is copied, what
 * is not there is missing without being asked for, what comes again is remembered. `compile` gives the same number.
 */
export type Source =
  /** A figure of the window, by its place (`windowPlaces`). */
  | { readonly kind: 'window'; readonly place: number }
  /** The user agent, whatever else the request says. */
  | { readonly kind: 'user-agent' }
  /** How the connection was opened; missing where that was not seen. */
  | { readonly kind: 'handshake' }
  /** What the fleet saw; missing where there are no signals. */
  | { readonly kind: 'signals' };

/** A named way to make a number out of a request. What it computes is code; how it is tuned stands in the feature file. */
export interface Extractor {
  readonly name: string;
  /** One sentence for people: what the number says, and when it is missing. */
  readonly summary: string;
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  readonly source?: Source;
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
export function plain(name: string, summary: string, extract: Extract, source?: Source): Extractor {
  return { name, summary, parameters: {}, compile: () => extract, ...(source !== undefined && { source }) };
}
