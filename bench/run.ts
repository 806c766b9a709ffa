import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { Bench } from './bench.ts';
import { contenders } from './contenders/all.ts';
import type { Figure } from './measure/figure.ts';
import { describeMachine, machineText } from './measure/machine.ts';
import { busyShare, busyShareMax } from './measure/machineLoad.ts';
import { summarize } from './measure/statistics.ts';
import { markdownTable } from './measure/table.ts';
import { killAll } from './pinned.ts';
import { runCases } from './runCases.ts';
import { readSettings, type Settings, usageOf } from './settings.ts';

/* `npm run bench`: see docs/bench.md. Exits with 0, 1 when a round was invalid, 2 for a slip in the arguments. */

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(usageOf(contenders));
} else {
  process.exitCode = await main();
}

async function main(): Promise<number> {
  let settings: Settings;
  try {
    settings = readSettings(args, contenders);
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    return 2;
  }
  if (process.platform !== 'linux' || cpus().length < 2) {
    process.stderr.write('bench: wants Linux and two cores, one for the contender and one for the load\n');
    return 2;
  }
  const busy = await busyShare();
  const warning = `The machine was busy before the run (${(busy * 100).toFixed(0)} %): figures are too high.\n`;
  if (busy > busyShareMax) process.stderr.write(`bench: ${warning}`);
  const madeAt = new Date().toISOString();
  const machine = describeMachine();
  const command = `npm run bench${args.length > 0 ? ` -- ${args.join(' ')}` : ''}`;
  const bench = await Bench.start(settings, (line) => process.stderr.write(`${line}\n`));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => endEarly(bench));
  let figures: readonly Figure[];
  try {
    figures = await runCases(bench);
  } finally {
    await bench.close();
  }
  process.stdout.write(
    `${busy > busyShareMax ? warning : ''}${madeAt.slice(0, 10)}, \`${command}\`\n${machineText(machine)}\n\n${markdownTable(figures)}\n`,
  );
  if (settings.jsonPath !== null) {
    const summed = figures.map((figure) => ({ ...figure, summary: summarize(figure.values) }));
    writeFileSync(
      settings.jsonPath,
      `${JSON.stringify({ madeAt, command, busyShare: busy, machine, figures: summed }, null, 2)}\n`,
    );
  }
  return figures.some(({ invalid }) => invalid.length > 0) ? 1 : 0;
}

function endEarly(bench: Bench): void {
  killAll();
  bench.removeFolder();
  process.exit(1);
}
