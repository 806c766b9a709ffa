import type { Bands, Span } from '../judge/replaySummary.ts';
import { count, escaped, minute } from './html.ts';

/*
 * Plots as SVG of 1,000 by 220 units that stretches with the page; what is to be read stands beside it as text. Each bar
 * says its figures to whoever points at it.
 */
const width = 1_000;
const height = 220;

type Band = keyof Bands;
export const bandNames: Readonly<Record<Band, string>> = {
  named: '1: it names itself a program, or a heuristic is sure',
  low: '2 to 29: likely automated',
  high: '30 to 99: likely a person',
};
const bands: readonly Band[] = ['high', 'low', 'named'];

export function legend(): string {
  const items = Object.entries(bandNames).map(([band, text]) => `<li class="${band}"><i></i>${escaped(text)}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

/** Requests by score: 1 by itself, then 2–4, 5–9 … 95–99. `scores`: index 1 to 99. */
export function scorePlot(scores: readonly number[]): string {
  const bins = Array.from({ length: 21 }, (_, index) => scoreBin(scores, index));
  const most = Math.max(1, ...bins.map(({ requests }) => requests));
  const step = width / bins.length;
  const bars = bins.map(({ from, to, requests }, index) => {
    const band: Band = from === 1 ? 'named' : from < 30 ? 'low' : 'high';
    const label = from === to ? `score ${from}` : `scores ${from} to ${to}`;
    return bar(band, index * step + 2, step - 4, 0, requests / most, `${label}: ${count(requests)} requests`);
  });
  const marks = [
    { at: 0, text: '1' },
    { at: 7 / 21, text: '30' },
    { at: 11 / 21, text: '50' },
    { at: 16 / 21, text: '75' },
    { at: 1, text: '99' },
  ];
  // Where most rules draw the line.
  const line = `<path class="mark" d="M${(7 * step).toFixed(1)} 0V${height}"/>`;
  return plot(`${bars.join('')}${line}`, most, marks, `Requests by score; most in one bar: ${count(most)}`);
}

function scoreBin(scores: readonly number[], index: number) {
  const from = index === 0 ? 1 : index === 1 ? 2 : (index - 1) * 5;
  const to = index === 0 ? 1 : index * 5 - 1;
  let requests = 0;
  for (let score = from; score <= to; score += 1) requests += scores[score] ?? 0;
  return { from, to, requests };
}

/** Requests over time, by band. */
export function timePlot(spans: readonly Span[], spanMs: number): string {
  const most = Math.max(1, ...spans.map(({ named, low, high }) => named + low + high));
  const step = width / Math.max(1, spans.length);
  const gap = Math.min(2, step / 6);
  const bars = spans.map((span, index) => {
    let below = 0;
    const parts = bands.map((band) => {
      const title = `${minute(span.fromMs)} UTC: ${count(span.high)} at 30 and above, ${count(span.low)} from 2 to 29, ${count(span.named)} at 1`;
      const part = bar(band, index * step + gap, step - 2 * gap, below / most, span[band] / most, title);
      below += span[band];
      return part;
    });
    return parts.join('');
  });
  const firstMs = spans[0]?.fromMs ?? 0;
  const lastMs = (spans.at(-1)?.fromMs ?? 0) + spanMs;
  const dayMs = 86_400_000;
  const everyMs = Math.max(1, Math.ceil((lastMs - firstMs) / dayMs / 5)) * dayMs;
  const marks = [{ at: 0, text: minute(firstMs).slice(5) }];
  const from = Math.ceil(firstMs / dayMs) * dayMs;
  for (let ms = from; ms < lastMs; ms += everyMs) {
    const at = (ms - firstMs) / (lastMs - firstMs);
    if (at > 0.3 && at < 0.95) marks.push({ at, text: minute(ms).slice(5, 10) });
  }
  return plot(bars.join(''), most, marks, `Requests over time; most in one bar: ${count(most)}`);
}

/** A small plot for a row of a table: ten groups of scores, as shares of the row's largest. */
export function tenthsPlot(tenths: readonly number[], bands: Bands): string {
  const most = Math.max(1, ...tenths);
  const bars = tenths.map((requests, index) => {
    const band: Band = index === 0 && bands.named > bands.low ? 'named' : index < 3 ? 'low' : 'high';
    const share = requests === 0 ? 0 : Math.max(0.08, requests / most);
    const y = 20 - share * 20;
    const title = `${index * 10} to ${index * 10 + 9}: ${count(requests)}`;
    return `<rect class="${band}" x="${index * 10 + 1}" y="${y.toFixed(1)}" width="8" height="${(share * 20).toFixed(1)}"><title>${title}</title></rect>`;
  });
  return `<svg viewBox="0 0 100 20" height="20" preserveAspectRatio="none" role="img" aria-label="scores in tenths: ${tenths.join(', ')}"><path class="axis" d="M0 20H100"/>${bars.join('')}</svg>`;
}

/** One bar from the left: `part` of `whole`. */
export function shareBar(part: number, whole: number, className: string): string {
  const share = whole === 0 ? 0 : (part / whole) * 100;
  return `<svg viewBox="0 0 100 10" height="10" preserveAspectRatio="none" role="img" aria-label="${share.toFixed(1)} %"><rect class="track" width="100" height="10" rx="1"/><rect class="${className}" width="${share.toFixed(2)}" height="10" rx="1"/></svg>`;
}

/** Points of 0 to 1 on both axes, with the diagonal that they should lie on. */
export function calibrationPlot(points: readonly { readonly x: number; readonly y: number; readonly title: string }[]) {
  const line = points.map(({ x, y }) => `${(x * width).toFixed(0)},${((1 - y) * height).toFixed(0)}`).join(' ');
  const dots = points.map(
    ({ x, y, title }) =>
      `<rect class="high" x="${(x * width - 6).toFixed(0)}" y="${((1 - y) * height - 4).toFixed(0)}" width="12" height="8"><title>${escaped(title)}</title></rect>`,
  );
  const content = `<path class="axis" d="M0 ${height}L${width} 0"/><polyline class="line" points="${line}"/>${dots.join('')}`;
  return plot(
    content,
    100,
    [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: `${at * 100}` })),
    'Share of people by score',
  );
}

interface Mark {
  /** From 0 to 1. */
  readonly at: number;
  readonly text: string;
}

function plot(content: string, most: number, marks: readonly Mark[], label: string): string {
  const grid = [0.25, 0.5, 0.75].map((share) => `M0 ${height * share}H${width}`).join('');
  const texts = marks.map(
    ({ at, text }) =>
      `<span${at > 0.97 ? ' class="end"' : ''} style="left:${(at * 100).toFixed(2)}%">${escaped(text)}</span>`,
  );
  return `<div class="plot"><div class="y"><span>${count(most)}</span><span>${count(most / 2)}</span><span>0</span></div>
<svg viewBox="0 0 ${width} ${height}" height="${height}" preserveAspectRatio="none" role="img" aria-label="${escaped(label)}"><path class="axis" d="${grid}"/>${content}<path class="axis" d="M0 ${height}H${width}"/></svg>
<div class="x">${texts.join('')}</div></div>`;
}

/** `from` and `share` of the plot's height; what is there at all is never too low to be seen. */
function bar(band: Band, x: number, barWidth: number, from: number, share: number, title: string): string {
  if (share === 0) return '';
  const barHeight = Math.max(share * height, 1.5);
  const y = height - from * height - barHeight;
  return `<rect class="${band}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${barWidth.toFixed(1)}" height="${barHeight.toFixed(1)}"><title>${escaped(title)}</title></rect>`;
}
