import { readFileSync } from 'node:fs';
import { BotJudge, ClientWindows, compileFeatures, compileModel } from '../bots/index.ts';
import type { FeatureFile } from '../contract/kinds/featureFile.ts';
import type { ModelFile } from '../contract/kinds/modelFile.ts';
import { requestHead } from '../http/index.ts';
import type { Random } from '../kernel/random.ts';
import type { DrillRequest, DrillSession } from './drillSession.ts';

/**
 * The lowest score that the shipped model gives a request of this session, however it goes: in its own time, in bursts as
 * on a busy machine, in another order, and with half of it seen by another worker.
 */
export function lowestScore(session: DrillSession, random: Random, host = '127.0.0.1:8080'): number {
  const lived = session.requests.map((request, index) => ({ index, atMs: request.afterMs }));
  const ways = [lived, lived.map(({ index }) => ({ index, atMs: 0 }))];
  for (let way = 0; way < waysTried; way++) {
    const burstMs = 2 ** Math.floor(random.next() * 13);
    const late = lived.map(({ index, atMs }) => ({
      index,
      atMs: Math.ceil((atMs + random.next() * burstMs) / burstMs) * burstMs,
    }));
    const share = way % 2 === 0 ? 1 : random.next();
    ways.push(late.filter(() => random.next() <= share).sort((one, other) => one.atMs - other.atMs));
  }
  return Math.min(...ways.map((way) => lowestOf(session, way, host)));
}

const waysTried = 40;

function lowestOf(session: DrillSession, way: readonly { index: number; atMs: number }[], host: string): number {
  // One client; memory for all of an edge's takes longer to get than the scores.
  const windows = new ClientWindows({ clientsMax: 16 });
  const scores = way.map(({ index, atMs }) => {
    const request = session.requests[index] as DrillRequest;
    const head = requestHead({
      method: request.method,
      target: request.target,
      version: '1.1',
      rawHeaders: request.rawHeaders.map((value) => value.replaceAll('{host}', host)),
      scheme: 'http',
      clientAddress: '127.1.0.1',
    });
    const verdict = shippedJudge().judge(head, windows.observe(head, 1_000 + atMs));
    return verdict.kind === 'scored' ? verdict.score : 0;
  });
  return Math.min(99, ...scores);
}

let judge: BotJudge | undefined;

function shippedJudge(): BotJudge {
  judge ??= (() => {
    const features = compileFeatures(readShipped<FeatureFile>('features'));
    return new BotJudge(features, compileModel(readShipped<ModelFile>('model'), features));
  })();
  return judge;
}

function readShipped<T>(kind: string): T {
  return JSON.parse(readFileSync(new URL(`../../shipped/${kind}.json`, import.meta.url), 'utf8')) as T;
}
