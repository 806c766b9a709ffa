import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import type { StartupCase } from './cases.ts';
import type { Contender } from './contenders/contender.ts';
import { wrk } from './load/wrk.ts';
import type { Figure } from './measure/figure.ts';
import { Figures } from './measure/figures.ts';
import { memoryOfEach, treeMemory } from './measure/processTree.ts';

const measures = {
  firstAnswer: 'from the command to the first answer, ms',
  idle: 'resident memory idle, MiB',
  idleShared: 'the same, shared pages divided, MiB',
  loaded: 'resident memory under load, MiB',
} as const;

const settleMs = 3_000;
const sampleMs = 250;

/** Each round starts from an empty folder, as the first start on a machine does; two workers, on any core. */
export async function runStartup(bench: Bench, chosen: StartupCase): Promise<readonly Figure[]> {
  const { contenders, rounds } = bench.settings;
  const figures = new Figures(chosen, contenders, bench.say);
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) await oneRound(bench, chosen, contender, figures);
  }
  return figures.all;
}

async function oneRound(bench: Bench, chosen: StartupCase, contender: Contender, figures: Figures): Promise<void> {
  let measure: string = measures.firstAnswer;
  try {
    await using stack = new AsyncDisposableStack();
    const running = await bench.startContender(contender, chosen, { workers: 2, core: null, connections: 256 });
    stack.defer(() => running.stop());
    figures.value(contender, measure, running.firstAnswerMs);
    measure = measures.idle;
    await sleep(settleMs);
    const idle = treeMemory(running.process.pid);
    const each = memoryOfEach(running.process.pid).map(
      ({ command, residentBytes }) => `${command} ${(residentBytes / 2 ** 20).toFixed(1)}`,
    );
    figures.value(contender, measures.idle, idle.residentBytes / 2 ** 20, `: ${each.join(', ')}`);
    figures.value(contender, measures.idleShared, idle.proportionalBytes / 2 ** 20);
    measure = measures.loaded;
    figures.value(contender, measure, (await residentUnderLoad(bench, running.port, running.process.pid)) / 2 ** 20);
  } catch (error) {
    figures.invalid(contender, measure, (error as Error).message);
  }
}

/** The most that a sample saw. */
async function residentUnderLoad(bench: Bench, port: number, pid: number): Promise<number> {
  let mostBytes = 0;
  const sampling = setInterval(() => {
    mostBytes = Math.max(mostBytes, treeMemory(pid).residentBytes);
  }, sampleMs);
  try {
    await wrk('http', bench.loadFiles(0).luaPath).run(port, bench.settings.seconds);
  } finally {
    clearInterval(sampling);
  }
  return mostBytes;
}
