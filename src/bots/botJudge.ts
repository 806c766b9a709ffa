import type { BotVerdict } from '../contract/botVerdict.ts';
import type { BotIdentity } from '../contract/verifiedBots.ts';
import type { RequestHead } from '../http/requestHead.ts';
import { assert } from '../kernel/assert.ts';
import type { ListedAddress } from '../lists/index.ts';
import type { ClientWindow } from './clientWindow.ts';
import { RequestFacts } from './facts/requestFacts.ts';
import type { FeatureSet } from './featureSet.ts';
import { hitHeuristics } from './heuristics.ts';
import { type Model, scoreOf } from './model.ts';
import { noSignals, type Signals } from './signals.ts';

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
    if (this.features === undefined) return { kind: 'absent', reason: 'no-features' };
    if (this.model === undefined) return { kind: 'absent', reason: 'no-model' };
    const facts = new RequestFacts(head, this.#signals, options.address);
    const vector = new Float32Array(this.features.size);
    this.features.fillFromFacts(facts, window, vector);
    const heuristics = options.heuristics === false ? [] : hitHeuristics(facts, options.identity);
    const isHit = heuristics.length > 0;
    return {
      kind: 'scored',
      score: isHit ? 1 : scoreOf(this.model.probability(vector)),
      source: isHit ? 'heuristics' : 'model',
      heuristics,
      vector,
      headerOrder: facts.headerOrder,
      verified: options.identity === undefined ? false : options.identity.verified,
      ...(options.identity !== undefined && { identity: options.identity }),
    };
  }
}
