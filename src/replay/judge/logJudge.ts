import { type BotJudge, ClientWindows, scoreOf } from '../../bots/index.ts';
import { ordinaryRequestLike } from '../../bots/ordinaryRequest.ts';
import { RequestFacts } from '../../bots/request/requestFacts.ts';
import type { BotVerdict } from '../../contract/botVerdict.ts';
import type { FeatureFile } from '../../contract/kinds/featureFile.ts';
import type { RequestHead } from '../../http/index.ts';
import { assert } from '../../kernel/assert.ts';
import { isHeuristicOfLog, knownOfLog } from './logKnowledge.ts';

type Scored = Extract<BotVerdict, { kind: 'scored' }>;

/**
 * The edge's own judge, told of what it does not know: a feature that a log cannot tell takes the value that an ordinary
 * person's request of the claimed browser has, the one that scores are explained against. So it contributes exactly nothing
 * to the score, for or against (`Model.compare`), and the score says what the log alone holds against a request. It is the
 * most that the request can have scored: whatever else was wrong with its head is not in the log.
 */
export class LogJudge {
  readonly #judge: BotJudge;
  readonly #isKnown: readonly boolean[];
  readonly #windows = new ClientWindows();
  /** By the name of the ordinary request; there is one for each engine. */
  readonly #references = new Map<string, Float32Array>();

  constructor(judge: BotJudge, features: FeatureFile) {
    assert(judge.features !== undefined && judge.model !== undefined, 'a log is judged with features and a model');
    this.#judge = judge;
    this.#isKnown = knownOfLog(features);
  }

  /** `nowMs`: the log's time, never falling. */
  judge(head: RequestHead, status: number, nowMs: number): Scored {
    const window = this.#windows.observe(head, nowMs);
    const verdict = this.#judge.judge(head, window);
    this.#windows.recordAnswer(head, { status }, nowMs);
    assert(verdict.kind === 'scored', 'a judge with features and a model scores');
    const reference = this.#referenceFor(head);
    const vector = verdict.vector.map((value, index) => (this.#isKnown[index] === true ? value : reference[index]!));
    const heuristics = verdict.heuristics.filter(isHeuristicOfLog);
    const isHit = heuristics.length > 0;
    const score = isHit ? 1 : scoreOf(this.#judge.model!.probability(vector));
    return { ...verdict, score, source: isHit ? 'heuristics' : 'model', heuristics, vector };
  }

  #referenceFor(head: RequestHead): Float32Array {
    const ordinary = ordinaryRequestLike(head);
    let vector = this.#references.get(ordinary.name);
    if (vector === undefined) {
      const features = this.#judge.features!;
      vector = new Float32Array(features.size);
      const window = new ClientWindows({ clientsMax: 1 }).observe(ordinary.head, 0);
      features.fillFromFacts(new RequestFacts(ordinary.head), window, vector);
      this.#references.set(ordinary.name, vector);
    }
    return vector;
  }
}
