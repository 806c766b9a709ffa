import type { Figure } from './figure.ts';
import { type Summary, summarize } from './statistics.ts';

/** Whose figures the others are divided by. */
const references = ['haproxy', 'nginx'] as const;

/** A process's last words are long; the progress lines and the JSON have them whole. */
const reasonCharactersMax = 200;

/** All figures as one Markdown table, in the order in which they were measured. */
export function markdownTable(figures: readonly Figure[]): string {
  const head = ['case', 'measure', 'contender', 'median', 'min–max', '× HAProxy', '× nginx', 'rounds'];
  const rows = figures.map((figure) => rowOf(figure, figures));
  const lines = [head, head.map((_, index) => (index < 3 ? '---' : '--:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function rowOf(figure: Figure, all: readonly Figure[]): string[] {
  const names = [figure.caseName, figure.measure, figure.contender];
  if (figure.notServed !== null) return [...names, 'not served', '', '', '', figure.notServed];
  const total = figure.values.length + figure.invalid.length;
  const reasons = [...new Set(figure.invalid)].join('; ').replace(/[|\s]+/g, ' ');
  const invalid = reasons === '' ? '' : `, invalid: ${reasons.slice(0, reasonCharactersMax)}`;
  const rounds = `${figure.values.length} of ${total}${invalid}`;
  const summary = summarize(figure.values);
  if (summary === null) return [...names, 'no figure', '', '', '', rounds];
  const ratios = references.map((reference) => ratioTo(reference, figure, summary, all));
  return [...names, short(summary.median), `${short(summary.min)}–${short(summary.max)}`, ...ratios, rounds];
}

function ratioTo(reference: string, figure: Figure, summary: Summary, all: readonly Figure[]): string {
  const other = all.find(
    (one) => one.contender === reference && one.caseName === figure.caseName && one.measure === figure.measure,
  );
  const base = other && summarize(other.values);
  return base && base.median > 0 ? (summary.median / base.median).toFixed(2) : '';
}

/** Three digits, or all before the point. */
function short(value: number): string {
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(decimals);
}
