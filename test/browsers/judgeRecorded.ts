import { readFileSync } from 'node:fs';
import { BotJudge, ClientWindows, compileFeatures, compileModel } from '../../src/bots/index.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import type { ModelFile } from '../../src/contract/kinds/modelFile.ts';
import { requestHead } from '../../src/http/index.ts';
import type { RecordedRequest } from './recordingSite.ts';

const shipped = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../shipped/${name}`, import.meta.url), 'utf8')) as unknown;

export interface JudgedRequest {
  readonly request: RecordedRequest;
  readonly score: number;
}

/** Judges requests by the shipped model, in the order in which they came; one instance is one client's history. */
export class RecordedJudge {
  readonly #features = compileFeatures(shipped('features.json') as FeatureFile);
  readonly #judge = new BotJudge(this.#features, compileModel(shipped('model.json') as ModelFile, this.#features));
  #windows = new ClientWindows();

  /** The next request is the client's first again. */
  forget(): void {
    this.#windows = new ClientWindows();
  }

  judge(requests: readonly RecordedRequest[], heuristics: boolean): JudgedRequest[] {
    return requests.map((request) => {
      const { method, target, version, rawHeaders, atMs, status } = request;
      const clientAddress = '127.0.0.1';
      const head = requestHead({ method, target, version, rawHeaders, scheme: 'http', clientAddress });
      const verdict = this.#judge.judge(head, this.#windows.observe(head, atMs), { heuristics });
      this.#windows.recordAnswer(head, { status }, atMs);
      return { request, score: verdict.kind === 'scored' ? verdict.score : Number.NaN };
    });
  }
}

/** The score that an edge in front of the site gave, or NaN where it sent none. */
export function scoresAtOrigin(requests: readonly RecordedRequest[]): JudgedRequest[] {
  return requests.map((request) => {
    const at = request.rawHeaders.findIndex(
      (text, index) => index % 2 === 0 && text.toLowerCase() === 'holdfast-bot-score',
    );
    return { request, score: at === -1 ? Number.NaN : Number(request.rawHeaders[at + 1]) };
  });
}
