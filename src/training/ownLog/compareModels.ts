import { type Model, scoreOf } from '../../bots/index.ts';
import { areaUnderCurve } from '../evaluation/statistics.ts';
import type { TrainedRow } from '../rows/makeRows.ts';

/** How a model alone, without heuristics, judges rows that it was not trained on. Shares are of rows, 0 to 1; NaN: there are none. */
export interface Verdicts {
  readonly peopleBelow30: number;
  readonly programsBelow30: number;
  /** Chance that a person's row scores above a program's. */
  readonly auc: number;
}

/** The model in `shipped/` and the one that learned from the log, on what the log kept back. */
export interface OwnEvaluation {
  readonly people: number;
  readonly programs: number;
  readonly shipped: Verdicts;
  readonly own: Verdicts;
}

/** By how much a model may be worse before it is: a row in a thousand. */
const worseMin = 0.001;
/** Of programs' requests, so many more than the shipped model misses may the own one: it is made to wrong fewer people. */
const fewerFoundMax = 0.01;
/** Of recorded people, who stay people whatever a log says. */
const recordedPeopleBelow30Max = 0.001;

export function compareModels(rows: readonly TrainedRow[], shipped: Model, own: Model): OwnEvaluation {
  const people = rows.filter(({ session }) => session.label === 'human').length;
  return { people, programs: rows.length - people, shipped: verdictsOf(rows, shipped), own: verdictsOf(rows, own) };
}

/**
 * Why the own model should not be used, as sentences; empty: it may. What cannot be told (NaN) speaks against it. `recorded`: how
 * the own one judges recorded clients.
 */
export function faultsOf({ shipped, own }: OwnEvaluation, recorded: Pick<Verdicts, 'peopleBelow30'>): string[] {
  const faults: string[] = [];
  const share = (value: number) => `${(value * 100).toFixed(2)} %`;
  if (!(own.peopleBelow30 <= shipped.peopleBelow30 + worseMin)) {
    faults.push(
      `of the log’s own people, ${share(own.peopleBelow30)} fall below 30; with the shipped model ${share(shipped.peopleBelow30)}`,
    );
  }
  if (!(own.programsBelow30 >= shipped.programsBelow30 - fewerFoundMax)) {
    faults.push(
      `of the log’s programs it finds ${share(own.programsBelow30)}; the shipped model ${share(shipped.programsBelow30)}`,
    );
  }
  if (!(own.auc >= shipped.auc - worseMin)) {
    faults.push(
      `it tells the log’s people from programs worse: AUC ${own.auc.toFixed(4)}, the shipped one ${shipped.auc.toFixed(4)}`,
    );
  }
  if (!(recorded.peopleBelow30 <= recordedPeopleBelow30Max)) {
    faults.push(`of recorded people with other browsers, ${share(recorded.peopleBelow30)} fall below 30`);
  }
  return faults;
}

function verdictsOf(rows: readonly TrainedRow[], model: Model): Verdicts {
  const judged = rows.map(({ vector, session }) => ({
    logOdds: model.logOdds(vector),
    isHuman: session.label === 'human',
  }));
  const isBelow30 = ({ vector }: TrainedRow) => scoreOf(model.probability(vector)) < 30;
  const below = (label: 'human' | 'bot') => {
    const those = rows.filter(({ session }) => session.label === label);
    return those.filter(isBelow30).length / those.length;
  };
  return { peopleBelow30: below('human'), programsBelow30: below('bot'), auc: areaUnderCurve(judged) };
}
