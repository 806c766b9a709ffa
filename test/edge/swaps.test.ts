import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { after, afterEach, test } from 'node:test';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import { site, startOrigin, Undo } from './harness.ts';
import { rssOf, startWorkerProcess, type WorkerProcess } from './workerProcess.ts';

/** The issue asks for 1,000 swaps; HOLDFAST_SWAPS=1000 does them all, everyday runs a share. */
const swaps = Number(process.env.HOLDFAST_SWAPS ?? 100);
/** Of them, those after which a whole second is measured, each beside a calm second. */
const timedSwaps = swaps >= 1_000 ? 20 : 5;
const connections = 4;

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

/** The shipped features, with another default for those that have one: another content, read and compiled anew. */
function featuresWithDefault(value: number): FeatureFile {
  const shipped = readFileSync(new URL('../../shipped/features.json', import.meta.url), 'utf8');
  const { features } = JSON.parse(shipped) as FeatureFile;
  return { schema: 1, features: features.map((each) => (each.default === 0 ? { ...each, default: value } : each)) };
}

async function heapOf(worker: WorkerProcess): Promise<number> {
  const answer = new Promise<number>((resolve) => {
    const listen = (message: unknown) => {
      const { type, bytes } = message as { type: string; bytes: number };
      if (type !== 'heap') return;
      worker.child.off('message', listen);
      resolve(bytes);
    };
    worker.child.on('message', listen);
  });
  worker.child.send({ type: 'heap' });
  return answer;
}

/**
 * Asks on a few connections without a pause until told to stop. While the worker reads and compiles, each connection waits
 * with one request; p99 of some thousand hardly shows those four, so the slowest is measured beside it.
 */
function startVisitors(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  undo.add(() => agent.destroy());
  const failures: string[] = [];
  let durations: number[] = [];
  let isOver = false;
  const ask = () =>
    new Promise<number | string>((resolve) => {
      const asked = request({ agent, host: '127.0.0.1', port, path: '/' }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode!));
      });
      asked.on('error', (error) => resolve(String(error)));
      asked.end();
    });
  const visit = async () => {
    while (!isOver) {
      const startedMs = performance.now();
      const status = await ask();
      durations.push(performance.now() - startedMs);
      if (status !== 200) failures.push(String(status));
    }
  };
  const visitors = Array.from({ length: connections }, visit);
  return {
    failures,
    /** p99 and the slowest of a second from now. */
    async second(): Promise<{ readonly p99: number; readonly slowest: number }> {
      durations = [];
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const sorted = durations.sort((one, other) => one - other);
      return { p99: sorted[Math.floor(sorted.length * 0.99)]!, slowest: sorted.at(-1)! };
    },
    async stop(): Promise<void> {
      isOver = true;
      await Promise.all(visitors);
    },
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1]!;
}

test(`${swaps} swaps of feature files under load: no request fails, p99 holds, the heap stays flat`, {
  timeout: 600_000,
}, async () => {
  const { url } = await startOrigin(undo);
  const probe = new URL('./heapProbe.ts', import.meta.url).href;
  const nodeFlags = ['--expose-gc', '--import', probe];
  const worker = await startWorkerProcess(undo, { schema: 1, sites: [site(url)] }, { nodeFlags });
  worker.store('features', 1, featuresWithDefault(0));
  worker.store('features', 2, featuresWithDefault(1));
  let id = 0;
  const swap = async () => {
    id += 1;
    const versions = { features: 1 + (id % 2), model: 0, sites: 1 };
    worker.send({ type: 'activate', id, versions, localKilled: [] });
    assert.deepEqual(await worker.next('activated'), { type: 'activated', id, versions });
  };
  const visitors = startVisitors(worker.port);

  // Compiled code and caches come first; what grows after them is a leak.
  for (let warm = 0; warm < 20; warm++) await swap();
  const calm: number[] = [];
  const swapped: number[] = [];
  const slowest: number[] = [];
  for (let turn = 0; turn < timedSwaps; turn++) {
    calm.push((await visitors.second()).p99);
    const second = visitors.second();
    await swap();
    const measured = await second;
    swapped.push(measured.p99);
    slowest.push(measured.slowest);
  }

  const [heapBefore, rssBefore] = [await heapOf(worker), rssOf(worker.pid)];
  for (let left = swaps - timedSwaps; left > 0; left--) await swap();
  await visitors.stop();
  const heapMib = ((await heapOf(worker)) - heapBefore) / 2 ** 20;
  const rssMib = (rssOf(worker.pid) - rssBefore) / 2 ** 20;
  console.log(
    `swaps of features: p99 ${median(calm).toFixed(2)} ms in calm seconds, ${median(swapped).toFixed(2)} ms in the ` +
      `second after one (medians of ${timedSwaps}); slowest request there ${median(slowest).toFixed(1)} ms; ` +
      `heap ${heapMib.toFixed(2)} MiB, resident ${rssMib.toFixed(1)} MiB more after ${swaps}`,
  );
  assert.deepEqual(visitors.failures, []);
  assert.ok(heapMib < 2, `heap +${heapMib} MiB`);
  assert.ok(rssMib < 32, `resident +${rssMib} MiB`);
  assert.ok(median(slowest) < 150, `a swap holds requests up for ${median(slowest)} ms`);
  // As the issue says: at most twice. Medians beside calm seconds, because the machine does other things at the same time.
  assert.ok(median(swapped) <= median(calm) * 2, `${median(calm)} → ${median(swapped)} ms`);
});
