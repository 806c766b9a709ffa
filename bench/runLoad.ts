import type { Bench } from './bench.ts';
import type { LoadCase } from './cases.ts';
import type { Contender, RunningContender } from './contenders/contender.ts';
import { h2load } from './load/h2load.ts';
import type { Load } from './load/load.ts';
import { newConnections } from './load/newConnections.ts';
import { wrk } from './load/wrk.ts';
import type { Figure } from './measure/figure.ts';
import { Figures } from './measure/figures.ts';
import { treeCpuUs } from './measure/processTree.ts';
import { cores } from './pinned.ts';

const measure = 'CPU per request, µs';

/** A contender that the load does not keep busy, as with new TLS connections, is not waited for without end. */
const warmupBurstsPerS = 4;

/**
 * CPU of all processes of each contender over the requests that the load counted. All are started first and wait; rounds
 * go round all of them, so that whatever drifts on the machine drifts for everyone.
 */
export async function runLoad(bench: Bench, chosen: LoadCase): Promise<readonly Figure[]> {
  const { contenders, rounds, seconds, warmupSeconds } = bench.settings;
  const figures = new Figures(chosen, contenders, bench.say);
  const load = loadOf(bench, chosen);
  const started: [Contender, RunningContender][] = [];
  try {
    for (const contender of contenders) {
      const reason = contender.notServed(chosen.scheme);
      if (reason !== null) {
        figures.notServed(contender, measure, reason);
        continue;
      }
      try {
        const running = await bench.startContender(contender, chosen, {
          workers: 1,
          core: cores.contender,
          connections: 256,
        });
        started.push([contender, running]);
        await warmUp(running, load, warmupSeconds);
      } catch (error) {
        figures.invalid(contender, measure, (error as Error).message);
      }
    }
    for (let round = 0; round < rounds; round++) {
      for (const [contender, running] of started) await oneRound(contender, running, load, seconds, figures);
    }
  } finally {
    for (const [, running] of started) await running.stop();
  }
  return figures.all;
}

/** Until the contender used so much CPU: on a busy machine time alone says little about what a compiler has seen. */
async function warmUp(running: RunningContender, load: Load, warmupSeconds: number): Promise<void> {
  const startUs = treeCpuUs(running.process.pid);
  let requests = 0;
  for (let burst = 0; burst < warmupSeconds * warmupBurstsPerS; burst++) {
    requests += await load.run(running.port, 1);
    if (treeCpuUs(running.process.pid) - startUs >= warmupSeconds * 1e6) break;
  }
  if (requests > 0) await running.checkRound?.(requests);
  await running.moreFigures?.();
}

async function oneRound(
  contender: Contender,
  running: RunningContender,
  load: Load,
  seconds: number,
  figures: Figures,
): Promise<void> {
  try {
    const before = treeCpuUs(running.process.pid);
    const requests = await load.run(running.port, seconds);
    const us = treeCpuUs(running.process.pid) - before;
    await running.checkRound?.(requests);
    figures.value(contender, measure, us / requests, `, ${Math.round(requests / seconds)} requests/s`);
    for (const [more, value] of (await running.moreFigures?.()) ?? []) figures.value(contender, more, value);
  } catch (error) {
    const end = running.process.isOver ? ' (its process ended)' : '';
    figures.invalid(contender, measure, (error as Error).message + end);
  }
}

function loadOf(bench: Bench, { generator, scheme, bodyBytes }: LoadCase): Load {
  const { heads, headsPath, luaPath } = bench.loadFiles(bodyBytes);
  if (generator === 'h2load') return h2load(bench.folder, heads);
  if (generator === 'newConnections') return newConnections(headsPath);
  return wrk(scheme === 'https' ? 'https' : 'http', luaPath);
}
