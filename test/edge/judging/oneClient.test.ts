import assert from 'node:assert/strict';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RealEdge, startRealEdge } from '../../resilience/realEdge.ts';
import { Undo } from '../harness.ts';
import { type ReceivedLog, startLog } from '../startLog.ts';

/** What one worker knew of the client when it judged a request. */
interface Seen {
  readonly worker: number;
  readonly target: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** The log so far, request by request. */
function seenIn({ batches }: ReceivedLog): Seen[] {
  return batches.flatMap(({ featureNames, records, worker }) =>
    records.map(({ target, vector }) => ({
      ...{ worker, target },
      figures: Object.fromEntries(featureNames.map((name, index) => [name, vector?.[index] ?? Number.NaN])),
    })),
  );
}

/** One request on a connection of its own: the kernel draws a worker for each. */
function ask(port: number, path: string): Promise<void> {
  const headers = { Host: 'shop.example', 'User-Agent': 'One', Accept: 'text/html' };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      response.resume().on('end', resolve);
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function metric(edge: RealEdge, labels: string): Promise<number> {
  const { body } = await new Promise<{ body: string }>((resolve, reject) => {
    const sent = request({ socketPath: join(edge.data, 'run', 'admin.sock'), path: '/metrics' }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ body }));
    });
    sent.on('error', reject);
    sent.end();
  });
  const lines = body
    .split('\n')
    .filter((line) => line.startsWith('holdfast_edge_observations') && line.includes(labels));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Four workers are some seconds more; src/edge/peers has them in one process. */
const counts = process.env.HOLDFAST_TEST_WHOLE === '1' ? [2, 4] : [2];

for (const workers of counts) {
  test(`${workers} workers know one client as one worker would, and a new worker knows it, too`, async () => {
    const undo = new Undo();
    const log = await startLog(undo);
    const edge = await startRealEdge({ workers, options: { logSocket: log.path } });
    try {
      const requests = workers * 6;
      // The first ones find peers that do not know each other yet.
      await edge.until('the workers know each other', async () => {
        await ask(edge.port, '/warm');
        return (await metric(edge, 'way="heard"')) > workers;
      });
      await sleep(300);
      const warm = log.records.length;
      for (let index = 0; index < requests; index += 1) {
        await ask(edge.port, `/item/${index}`);
        await sleep(100);
      }
      await edge.until('all are in the log', () => log.records.length >= warm + requests);
      const figures = seenIn(log).filter(({ target }) => target.startsWith('/item/'));
      assert.ok(new Set(figures.map(({ worker }) => worker)).size > 1, 'the kernel drew more than one worker');
      const known = figures.map(({ figures: { window_requests_60s } }) => window_requests_60s!);
      const first = known[0]!;
      assert.deepEqual(
        known.toSorted((one, other) => one - other),
        known.map((_, index) => first + index),
      );
      for (const { figures: all } of figures) assert.equal(all.window_distinct_user_agents, 1);
      assert.equal(await metric(edge, 'lost_total'), 0);

      const before = (await edge.status()).workers.map(({ pid }) => pid);
      process.kill(before[0]!, 'SIGKILL');
      await edge.until('another one has its place, and was told', async () => {
        const now = (await edge.status()).workers.map(({ pid }) => pid);
        return now.length === workers && !now.includes(before[0]!) && (await metric(edge, 'way="adopted"')) >= 2;
      });
    } finally {
      await edge.stop();
      await undo.run();
    }
  });
}
