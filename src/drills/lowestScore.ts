import { readFileSync } from 'node:fs';
import { BotJudge, ClientWindows, compileFeatures, compileModel } from '../bots/index.ts';
import type { FeatureFile } from '../contract/featureFile.ts';
import type { ModelFile } from '../contract/modelFile.ts';
import { requestHead } from '../http/index.ts';
import type { DrillSession } from './drillSession.ts';

/** The lowest score that the shipped model gives a request of this session, played alone from one address. */
export function lowestScore(session: DrillSession, host = '127.0.0.1:8080'): number {
  const windows = new ClientWindows();
  const scores = session.requests.map((request) => {
    const head = requestHead({
      method: request.method,
      target: request.target,
      version: '1.1',
      rawHeaders: request.rawHeaders.map((value) => value.replaceAll('{host}', host)),
      scheme: 'http',
      clientAddress: '127.1.0.1',
    });
    const verdict = shippedJudge().judge(head, windows.observe(head, 1_000 + request.afterMs));
    return verdict.kind === 'scored' ? verdict.score : 0;
  });
  return Math.min(...scores);
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
