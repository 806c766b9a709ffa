import type { BotVerdict } from '../contract/botVerdict.ts';
import type { BotIdentity } from '../contract/verifiedBots.ts';
import type { RequestHead } from '../http/requestHead.ts';
import { assert } from '../kernel/assert.ts';
import type { ListedAddress } from '../lists/index.ts';
import type { ClientWindow } from './clients/clientWindow.ts';
import type { ClientWindows } from './clients/clientWindows.ts';
import type { FeatureSet } from './featureSet.ts';
import { hitHeuristics, noHits } from './heuristics.ts';
import { type Model, scoreOf } from './model.ts';
import { RequestFacts } from './request/requestFacts.ts';
import { noSignals, type Signals } from './request/signals.ts';

/** What a judge may be told to leave out. */
export interface JudgeOptions {
  /** false: the model alone decides. */
  readonly heuristics?: boolean;
  /** Who sent the request, where somebody looked; found apart from the score. */
  readonly identity?: BotIdentity;
  /** What lists say of the client's address; nothing when left away. */
  readonly address?: ListedAddress;
}

/**
 * Scores requests with one feature set and one model, which belong together, and the fleet's signals where there are any.
 * Fails open: without features or model the score is absent and the request goes on. One per set of versions; replaced,
 * never changed.
 */
export class BotJudge {
  readonly features: FeatureSet | undefined;
  readonly model: Model | undefined;
  readonly #signals: Signals;

  constructor(features: FeatureSet | undefined, model: Model | undefined, signals: Signals = noSignals) {
    assert(
      model === undefined || model.features === features,
      'a model is compiled for the feature set it is used with',
    );
    this.features = features;
    this.model = model;
    this.#signals = signals;
  }

  judge(head: RequestHead, window: ClientWindow, options: JudgeOptions = {}): BotVerdict {
    return this.#judge(new RequestFacts(head, this.#signals, options.address), window, options);
  }

  /** Counts the request in `windows` and judges it. `nowMs`: as for `ClientWindows.observe`. */
  judgeNext(head: RequestHead, windows: ClientWindows, nowMs: number, options: JudgeOptions = {}): BotVerdict {
    const facts = new RequestFacts(head, this.#signals, options.address);
    return this.#judge(facts, windows.observeForNow(head, nowMs, facts.destination), options);
  }

  /** The verdict is over, nobody reads it any more: what it held serves the next one. Once per verdict of this judge. */
  release(verdict: BotVerdict): void {
    if (verdict.kind === 'scored') this.features?.giveBack(verdict.vector);
  }

  #judge(facts: RequestFacts, window: ClientWindow, options: JudgeOptions): BotVerdict {
    if (this.features === undefined) return { kind: 'absent', reason: 'no-features' };
    if (this.model === undefined) return { kind: 'absent', reason: 'no-model' };
    const vector = this.features.makeVector();
    this.features.fillFromFacts(facts, window, vector);
    const { identity } = options;
    const heuristics = options.heuristics === false ? noHits : hitHeuristics(facts, identity);
    const isHit = heuristics.length > 0;
    const score = isHit ? 1 : scoreOf(this.model.probability(vector));
    const source = isHit ? 'heuristics' : 'model';
    const { headerOrder } = facts;
    if (identity === undefined)
      return { kind: 'scored', score, source, heuristics, vector, headerOrder, verified: false };
    const { verified } = identity;
    return { kind: 'scored', score, source, heuristics, vector, headerOrder, verified, identity };
  }
}
