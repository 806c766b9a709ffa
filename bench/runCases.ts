import type { Bench } from './bench.ts';
import type { Case } from './cases.ts';
import type { Figure } from './measure/figure.ts';
import { runIdle } from './runIdle.ts';
import { runLoad } from './runLoad.ts';
import { runStartup } from './runStartup.ts';

/** Every chosen case with every chosen contender, one after the other. */
export async function runCases(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const chosen of bench.settings.cases) figures.push(...(await runCase(bench, chosen)));
  return figures;
}

function runCase(bench: Bench, chosen: Case): Promise<readonly Figure[]> {
  switch (chosen.kind) {
    case 'load':
      return runLoad(bench, chosen);
    case 'idle':
      return runIdle(bench, chosen);
    case 'startup':
      return runStartup(bench, chosen);
  }
}
