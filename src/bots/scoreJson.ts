import type { ScoreExplanation } from './explainScore.ts';

/** What `holdfast score --json` prints and an edge's agent answers. */
export interface ScoreJson {
  /** null: absent; `source` then says why. */
  readonly score: number | null;
  readonly source: string;
  readonly reasons: readonly ScoreReason[];
  /** What the model says, also where heuristics decided; null when the score is absent. */
  readonly model: {
    readonly score: number;
    readonly probability: number;
    readonly logOdds: number;
    /** Log-odds of the request that it is compared with; base + Σ contributions = logOdds. */
    readonly base: number;
    readonly comparedWith: string;
  } | null;
  readonly versions: ScoreVersions;
}

/** 0: what the software ships with; null: a file named on the command line. */
export interface ScoreVersions {
  readonly features: number | null;
  readonly model: number | null;
}

/** A heuristic that hit, or what a feature moved: log-odds, above 0 towards human, below towards automated. */
export type ScoreReason =
  | { readonly heuristic: string; readonly summary: string }
  | { readonly feature: string; readonly value: number | null; readonly contribution: number };

export function scoreJson(explained: ScoreExplanation, versions: ScoreVersions): ScoreJson {
  if (explained.kind === 'absent') {
    const source = explained.verdict.kind === 'absent' ? explained.verdict.reason : 'not-scored';
    return { score: null, source, reasons: [], model: null, versions };
  }
  const { verdict } = explained;
  const named = explained.heuristics.map(({ id, summary }) => ({ heuristic: id, summary }));
  return {
    score: verdict.score,
    source: verdict.source,
    reasons: [...named, ...explained.features],
    model: explained.model,
    versions,
  };
}
