import type { BotVerdict } from '../contract/botVerdict.ts';
import type { RequestHead } from '../http/requestHead.ts';
import type { BotJudge, JudgeOptions } from './botJudge.ts';
import type { ClientWindow } from './clients/clientWindow.ts';
import { ClientWindows } from './clients/clientWindows.ts';
import { heuristics } from './heuristics.ts';
import { scoreOf, sigmoid } from './model.ts';
import { ordinaryRequestLike } from './ordinaryRequest.ts';

/** Why a request has its score. */
export type ScoreExplanation =
  | { readonly kind: 'absent'; readonly verdict: BotVerdict }
  | {
      readonly kind: 'scored';
      readonly verdict: Extract<BotVerdict, { kind: 'scored' }>;
      /** Heuristics that hit, with their sentences; any makes the score 1. */
      readonly heuristics: readonly { readonly id: string; readonly summary: string }[];
      /** What the model says, also where heuristics decided. */
      readonly model: {
        readonly score: number;
        readonly probability: number;
        readonly logOdds: number;
        /** Log-odds of the request that it is compared with. */
        readonly base: number;
        /** Completes the sentence "compared with ...". */
        readonly comparedWith: string;
      };
      /** Features that account for the difference, largest first; base + Σ contributions = logOdds (see `Model.compare`). */
      readonly features: readonly FeatureContribution[];
    };

export interface FeatureContribution {
  readonly feature: string;
  /** null: missing. */
  readonly value: number | null;
  /** In log-odds: above 0 towards human, below towards automated. */
  readonly contribution: number;
}

/** Scores the request and says what sets it apart from an ordinary person's. For people and tools, not per request. */
export function explainScore(
  judge: BotJudge,
  head: RequestHead,
  window: ClientWindow,
  options: JudgeOptions = {},
): ScoreExplanation {
  const verdict = judge.judge(head, window, options);
  const { model, features } = judge;
  if (verdict.kind === 'absent' || model === undefined || features === undefined) return { kind: 'absent', verdict };
  const ordinary = ordinaryRequestLike(head);
  const reference = new Float32Array(features.size);
  features.fill(ordinary.head, new ClientWindows({ clientsMax: 1 }).observe(ordinary.head, 0), reference);
  const { base, byFeature } = model.compare(verdict.vector, reference);
  const logOdds = model.logOdds(verdict.vector);
  const contributions = features.names
    .map((feature, index) => ({
      feature,
      value: Number.isNaN(verdict.vector[index]!) ? null : verdict.vector[index]!,
      contribution: byFeature[index]!,
    }))
    .filter(({ contribution }) => contribution !== 0)
    .sort((one, other) => Math.abs(other.contribution) - Math.abs(one.contribution));
  return {
    kind: 'scored',
    verdict,
    heuristics: heuristics
      .filter(({ id }) => verdict.heuristics.includes(id))
      .map(({ id, summary }) => ({ id, summary })),
    model: {
      score: scoreOf(sigmoid(logOdds)),
      probability: sigmoid(logOdds),
      logOdds,
      base,
      comparedWith: ordinary.name,
    },
    features: contributions,
  };
}
