import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, descriptorsMax } from './bench.ts';
import type { IdleCase } from './cases.ts';
import type { Contender } from './contenders/contender.ts';
import { IdleConnections } from './load/idleConnections.ts';
import type { Figure } from './measure/figure.ts';
import { Figures } from './measure/figures.ts';
import { treeMemory } from './measure/processTree.ts';
import { cores } from './pinned.ts';

const measure = 'resident memory per idle connection, KiB';

/** Memory that is given back late would count as the next round's; so each round starts its contender anew, three times at most. */
const roundsMax = 3;
const settleMs = 2_000;
/** Of a contender or the holder, beside the connections: files, channels, connections to the origin. */
const otherDescriptors = 1_024;

/** How much memory a contender has more with so many connections that were answered once and are silent since. */
export async function runIdle(bench: Bench, chosen: IdleCase): Promise<readonly Figure[]> {
  const { contenders, rounds, connections } = bench.settings;
  const figures = new Figures(chosen, contenders, bench.say);
  if (descriptorsMax() < connections + otherDescriptors) {
    throw new Error(
      `${connections} connections need ulimit -Hn ${connections + otherDescriptors}: or use --connections`,
    );
  }
  for (let round = 0; round < Math.min(rounds, roundsMax); round++) {
    for (const contender of contenders) {
      const reason = contender.notServed(chosen.scheme);
      if (reason === null) await oneRound(bench, chosen, contender, figures);
      else if (round === 0) figures.notServed(contender, measure, reason);
    }
  }
  return figures.all;
}

async function oneRound(bench: Bench, chosen: IdleCase, contender: Contender, figures: Figures): Promise<void> {
  const { connections } = bench.settings;
  try {
    const setup = { workers: 1, core: cores.contender, connections };
    await using stack = new AsyncDisposableStack();
    const running = await bench.startContender(contender, chosen, setup);
    stack.defer(() => running.stop());
    await sleep(settleMs);
    const before = treeMemory(running.process.pid).residentBytes;
    const start = { port: running.port, isTls: chosen.scheme === 'https', connections };
    const idle = await IdleConnections.open(start, bench.folder);
    stack.defer(() => idle.close());
    await sleep(settleMs);
    const bytes = treeMemory(running.process.pid).residentBytes - before;
    const open = await idle.count();
    if (open < connections) throw new Error(`only ${open} of ${connections} connections are still open`);
    figures.value(contender, measure, bytes / connections / 1024);
  } catch (error) {
    figures.invalid(contender, measure, (error as Error).message);
  }
}
