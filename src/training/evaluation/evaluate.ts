import { type Model, scoreOf } from '../../bots/index.ts';
import type { Row } from '../rows/makeRows.ts';
import { areaUnderCurve } from './statistics.ts';

/** How a model did on rows that it was not trained on. Shares are of rows, 0 to 1. */
export interface Evaluation {
  readonly rows: number;
  /** Chance that a person's row scores above a bot's; NaN when one of the labels is absent. */
  readonly auc: number;
  readonly peopleBelow30: number;
  readonly botsAtLeast30: number;
  readonly families: readonly FamilyEvaluation[];
}

export interface FamilyEvaluation {
  readonly family: string;
  readonly label: 'human' | 'bot';
  readonly sessions: number;
  readonly rows: number;
  readonly medianScore: number;
  /** People below 30, bots at 30 or above. */
  readonly wrongShare: number;
  /** The same for the first request of a client alone. */
  readonly wrongShareFirst: number;
}

export function evaluate(model: Model, rows: readonly Row[]): Evaluation {
  const judged = rows.map((row) => {
    const probability = model.probability(row.vector);
    return { row, probability, score: scoreOf(probability), isHuman: row.session.label === 'human' };
  });
  const isWrong = (one: (typeof judged)[number]) => one.isHuman !== one.score >= 30;
  const people = judged.filter((one) => one.isHuman);
  const bots = judged.filter((one) => !one.isHuman);
  const families = [...new Set(rows.map(({ session }) => `${session.label} ${session.family}`))].sort();
  return {
    rows: rows.length,
    auc: areaUnderCurve(judged.map(({ probability, isHuman }) => ({ logOdds: probability, isHuman }))),
    peopleBelow30: share(people, isWrong),
    botsAtLeast30: share(bots, isWrong),
    families: families.map((key) => {
      const own = judged.filter(({ row }) => `${row.session.label} ${row.session.family}` === key);
      const { family, label } = own[0]!.row.session;
      return {
        family,
        label,
        sessions: new Set(own.map(({ row }) => row.session)).size,
        rows: own.length,
        medianScore: own.map(({ score }) => score).sort((left, right) => left - right)[own.length >> 1]!,
        wrongShare: share(own, isWrong),
        wrongShareFirst: share(
          own.filter(({ row }) => row.position === 0),
          isWrong,
        ),
      };
    }),
  };
}

function share<T>(list: readonly T[], matches: (one: T) => boolean): number {
  return list.length === 0 ? 0 : list.filter(matches).length / list.length;
}
