import type { Verdict } from './judge.ts';
import { type ProcessKind, processKinds, type SoakSample } from './samples.ts';
import type { SoakOutcome } from './soak.ts';

const columns = 60;
const bars = '▁▂▃▄▅▆▇█';
const mib = (bytes: number) => (bytes / (1 << 20)).toFixed(1);

/** The verdict for people. */
export function reportOf(outcome: SoakOutcome, { memory, faults }: Verdict): string {
  const { samples, restAfterWarmUp, restAtEnd } = outcome;
  const rows = memory.map(({ kind, earlyBytes, lateBytes, growth }) => {
    const rest = `${restAfterWarmUp[kind].length} → ${restAtEnd[kind].length}`;
    const percent = `${growth >= 0 ? '+' : ''}${(growth * 100).toFixed(1)} %`;
    return `| ${kind} | ${mib(earlyBytes)} | ${mib(lateBytes)} | ${percent} | ${rest} |`;
  });
  const lines = processKinds.map((kind) => sparkline(kind, samples, (sample) => sample.rssBytes[kind]));
  lines.push(sparkline('heap', samples, ({ heapBytes }) => heapBytes));
  return [
    '| processes | MiB after the warm-up | MiB at the end | growth | descriptors at rest |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    ...lines,
    '',
    `${samples.at(-1)?.requests} requests, ${outcome.visits} visits, ${outcome.failures} failed, ${outcome.leftOut} left out;`,
    `${outcome.reloads} reloads, ${outcome.swaps} swaps of the feature file;`,
    `edge ${(outcome.edgeCpuShare * 100).toFixed(1)} % of one core, load and origin ${(outcome.loadCpuShare * 100).toFixed(1)} %,`,
    `which once waited ${outcome.loadStallMs.toFixed(0)} ms for their turn`,
    '',
    ...Object.entries(outcome.edgeCounts).map(([name, count]) => `  ${name}: ${count}`),
    ...outcome.failureTexts.map((text) => `  ${text}`),
    '',
    ...(faults.length === 0 ? ['It held.'] : ['It did not hold:', ...faults.map((fault) => `- ${fault}`)]),
  ].join('\n');
}

/** Medians over equal parts of the time, between the least and the most. */
function sparkline(
  name: ProcessKind | 'heap',
  samples: readonly SoakSample[],
  read: (sample: SoakSample) => number,
): string {
  const parts = Array.from(
    { length: Math.min(columns, samples.length) },
    (_, column, count = Math.min(columns, samples.length)) =>
      samples
        .slice(Math.floor((column * samples.length) / count), Math.floor(((column + 1) * samples.length) / count))
        .map(read)
        .sort((one, other) => one - other),
  ).map((part) => part[part.length >> 1]!);
  const [least, most] = [Math.min(...parts), Math.max(...parts)];
  const bar = (value: number) => bars[Math.min(7, Math.floor(((value - least) / (most - least || 1)) * 8))]!;
  return `${name.padEnd(10)} ${parts.map(bar).join('')} ${mib(least)}–${mib(most)} MiB`;
}
