import type { Case } from '../cases.ts';
import type { Contender } from '../contenders/contender.ts';
import type { Figure } from './figure.ts';

/** Collects what the rounds of one case give, one figure per contender and measure. */
export class Figures {
  readonly #case: Case;
  readonly #contenders: readonly Contender[];
  readonly #say: (line: string) => void;
  readonly #figures = new Map<string, { values: number[]; invalid: string[] } & Figure>();

  constructor(chosen: Case, contenders: readonly Contender[], say: (line: string) => void) {
    this.#case = chosen;
    this.#contenders = contenders;
    this.#say = say;
  }

  notServed(contender: Contender, measure: string, reason: string): void {
    this.#of(contender, measure, reason);
    this.#say(`${this.#case.name}: ${contender.name} is not served: ${reason}`);
  }

  value(contender: Contender, measure: string, value: number, more = ''): void {
    if (!Number.isFinite(value)) {
      this.invalid(contender, measure, `${value} is no figure`);
      return;
    }
    this.#of(contender, measure).values.push(value);
    this.#say(`${this.#case.name}: ${contender.name} ${value.toFixed(1)} (${measure})${more}`);
  }

  invalid(contender: Contender, measure: string, reason: string): void {
    this.#of(contender, measure).invalid.push(reason);
    this.#say(`${this.#case.name}: ${contender.name} INVALID: ${reason}`);
  }

  /** By measure, then in the order of the contenders. */
  get all(): readonly Figure[] {
    const measures = [...new Set([...this.#figures.values()].map(({ measure }) => measure))];
    return measures.flatMap((measure) =>
      this.#contenders.flatMap(({ name }) => this.#figures.get(keyOf(measure, name)) ?? []),
    );
  }

  #of({ name }: Contender, measure: string, notServed: string | null = null) {
    const key = keyOf(measure, name);
    const known = this.#figures.get(key);
    if (known !== undefined) return known;
    const made = { caseName: this.#case.name, measure, contender: name, values: [], invalid: [], notServed };
    this.#figures.set(key, made);
    return made;
  }
}

function keyOf(measure: string, contender: string): string {
  return `${measure}\n${contender}`;
}
