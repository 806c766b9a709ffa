import type { Finding } from '../contract/finding.ts';
import type { VisitorTally } from './visitorTally.ts';

/** One refusal that the drill provoked and waited for. */
export interface RefusalSeen {
  /** What was done, e.g. `r0 granted`. */
  readonly after: string;
  /** Who refused: `factory`, `control` or the edge's name. */
  readonly where: string;
  /** From the deed to the refusal with its reasons. */
  readonly afterMs: number;
  readonly findings: readonly Finding[];
}

export interface PhaseReport {
  readonly name: string;
  readonly title: string;
  readonly durationMs: number;
  readonly visitors: VisitorTally;
  readonly refusals: readonly RefusalSeen[];
  /** What did not hold, in sentences; empty: the phase held. */
  readonly problems: readonly string[];
}

/** What `holdfast drill run --json` prints. */
export interface DrillReport {
  readonly drill: string;
  /** `none`: the product as it is. Else which proxy of that day stood in. */
  readonly unprotected: 'none' | 'new' | 'old';
  readonly requests: number;
  readonly addresses: number;
  readonly status5xx: number;
  readonly wrongBlocks: number;
  readonly unanswered: number;
  /** The slowest refusal; null when something was never refused. */
  readonly refusedAfterMs: number | null;
  readonly factoryEveryMs: number;
  readonly reasons: readonly (Finding & { readonly after: string; readonly where: string })[];
  readonly phases: readonly PhaseReport[];
  readonly verdict: 'held' | 'broken';
}

/** Least number of requests for a verdict, and of addresses that they come from. */
export const drillMinimum = { requests: 20_000, addresses: 200 };

export function summarise(
  facts: Pick<DrillReport, 'drill' | 'unprotected' | 'addresses' | 'factoryEveryMs'>,
  phases: readonly PhaseReport[],
  requestsMin: number,
): DrillReport {
  const sum = (pick: (tally: VisitorTally) => number) =>
    phases.reduce((total, phase) => total + pick(phase.visitors), 0);
  const refusals = phases.flatMap((phase) => phase.refusals);
  const requests = sum((tally) => tally.requests);
  const held =
    phases.every((phase) => phase.problems.length === 0) &&
    requests >= requestsMin &&
    facts.addresses >= drillMinimum.addresses;
  return {
    ...facts,
    requests,
    status5xx: sum((tally) => tally.status5xx),
    wrongBlocks: sum((tally) => tally.wrongBlocks),
    unanswered: sum((tally) => tally.unanswered),
    refusedAfterMs: refusals.length === 0 ? null : Math.max(...refusals.map((refusal) => refusal.afterMs)),
    reasons: refusals.flatMap(({ after, where, findings }) =>
      findings.map((finding) => ({ after, where, ...finding })),
    ),
    phases,
    verdict: held ? 'held' : 'broken',
  };
}
