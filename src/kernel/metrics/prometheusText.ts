/** Label name → value. */
export type Labels = Readonly<Record<string, string | number>>;
export type Sample = readonly [labels: Labels, value: number];

export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';

/** Writes Prometheus' text format 0.0.4, which every scraper reads: one block per metric, in the order of the calls. */
export class PrometheusText {
  readonly #lines: string[] = [];

  counter(name: string, help: string, samples: readonly Sample[]): void {
    this.#block(name, 'counter', help);
    for (const [labels, value] of samples) this.#sample(name, labels, value);
  }

  gauge(name: string, help: string, samples: readonly Sample[]): void {
    this.#block(name, 'gauge', help);
    for (const [labels, value] of samples) this.#sample(name, labels, value);
  }

  /** `counts`: how many lie in each bucket and in none before it; one more than `bounds`, for those above all bounds. */
  histogram(
    name: string,
    help: string,
    bounds: readonly number[],
    series: readonly { readonly labels: Labels; readonly counts: readonly number[]; readonly sum: number }[],
  ): void {
    this.#block(name, 'histogram', help);
    for (const { labels, counts, sum } of series) {
      let below = 0;
      for (const [index, bound] of [...bounds, Number.POSITIVE_INFINITY].entries()) {
        below += counts[index] ?? 0;
        this.#sample(`${name}_bucket`, { ...labels, le: numberText(bound) }, below);
      }
      this.#sample(`${name}_sum`, labels, sum);
      this.#sample(`${name}_count`, labels, below);
    }
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #block(name: string, type: string, help: string): void {
    this.#lines.push(
      `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
      `# TYPE ${name} ${type}`,
    );
  }

  #sample(name: string, labels: Labels, value: number): void {
    const pairs = Object.entries(labels).map(([label, said]) => `${label}="${labelText(String(said))}"`);
    this.#lines.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberText(value)}`);
  }
}

function labelText(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
