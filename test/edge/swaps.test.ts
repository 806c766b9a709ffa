import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, afterEach, test } from 'node:test';
import { site, startOrigin, Undo } from './harness.ts';
import { rssOf, startWorkerProcess } from './workerProcess.ts';

/** The issue asks for 1,000 swaps; HOLDFAST_SWAPS=1000 does them all, everyday runs a share. */
const swaps = Number(process.env.HOLDFAST_SWAPS ?? 200);
const connections = 4;

const undo = new Undo();
afterEach(() => undo.run());
after(() => undo.run());

test(`${swaps} swaps under load: no request fails, memory stays flat, and a swap is hardly felt`, {
  timeout: 300_000,
}, async () => {
  const { url } = await startOrigin(undo);
  const sitesOf = (name: string) => ({ schema: 1, sites: [{ ...site(url), name }] });
  const worker = await startWorkerProcess(undo, { schema: 1, sites: [site(url)] });
  worker.store('sites', 2, sitesOf('two'));
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  undo.add(() => agent.destroy());

  const failures: string[] = [];
  let durations: number[] = [];
  let isOver = false;
  const visit = async () => {
    while (!isOver) {
      const startedMs = performance.now();
      const status = await new Promise<number | string>((resolve) => {
        const asked = request({ agent, host: '127.0.0.1', port: worker.port, path: '/' }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode!));
        });
        asked.on('error', (error) => resolve(String(error)));
        asked.end();
      });
      durations.push(performance.now() - startedMs);
      if (status !== 200) failures.push(String(status));
    }
  };
  const visitors = Array.from({ length: connections }, visit);
  const takeP99 = () => {
    const sorted = durations.sort((one, other) => one - other);
    durations = [];
    return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  };

  const swap = async (id: number) => {
    const versions = { features: 0, model: 0, sites: 1 + (id % 2) };
    worker.send({ type: 'activate', id, versions, localKilled: [] });
    assert.equal((await worker.next('activated')).id, id);
  };
  // Compiled code and caches come first; what grows after them is a leak.
  for (let id = 1; id <= 50; id++) await swap(id);
  takeP99();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const calmP99 = takeP99();
  await swap(51);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const swappedP99 = takeP99();

  const rssBefore = rssOf(worker.pid);
  for (let id = 100; id < 100 + swaps; id++) await swap(id);
  const rssAfter = rssOf(worker.pid);
  isOver = true;
  await Promise.all(visitors);
  const growthMib = (rssAfter - rssBefore) / 2 ** 20;
  console.log(
    `swaps: p99 ${calmP99.toFixed(1)} ms, in the second after one ${swappedP99.toFixed(1)} ms; ` +
      `resident memory ${growthMib >= 0 ? '+' : ''}${growthMib.toFixed(1)} MiB over ${swaps}`,
  );
  assert.deepEqual(failures, []);
  assert.ok(growthMib < 32, `+${growthMib} MiB`);
  // Twice, and a little more for a machine that does other things at the same time.
  assert.ok(swappedP99 <= calmP99 * 2 + 20, `${calmP99} → ${swappedP99}`);
});
