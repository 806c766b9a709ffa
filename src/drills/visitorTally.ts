/** What visitors met. */
export interface VisitorTally {
  readonly requests: number;
  readonly status5xx: number;
  /** Requests of people's sessions that were refused: by a rule, or with any other 4xx that the site itself never gives. */
  readonly wrongBlocks: number;
  readonly botsBlocked: number;
  readonly botRequests: number;
  /** No answer: connection refused, cut off, or silent for too long. */
  readonly unanswered: number;
  /** Status → count. */
  readonly statuses: Readonly<Record<number, number>>;
}

export type Outcome = { readonly status: number } | 'unanswered';

/** Counts; one per phase. */
export class Tallying {
  #requests = 0;
  #wrongBlocks = 0;
  #botsBlocked = 0;
  #botRequests = 0;
  #unanswered = 0;
  readonly #statuses: Record<number, number> = {};
  readonly #blockStatus: number;

  constructor(blockStatus: number) {
    this.#blockStatus = blockStatus;
  }

  count(label: 'person' | 'bot', outcome: Outcome): void {
    this.#requests += 1;
    if (label === 'bot') this.#botRequests += 1;
    if (outcome === 'unanswered') {
      this.#unanswered += 1;
      return;
    }
    this.#statuses[outcome.status] = (this.#statuses[outcome.status] ?? 0) + 1;
    if (label === 'person' && isRefusal(outcome.status)) this.#wrongBlocks += 1;
    if (label === 'bot' && outcome.status === this.#blockStatus) this.#botsBlocked += 1;
  }

  tally(): VisitorTally {
    const failed = Object.entries(this.#statuses).filter(([status]) => Number(status) >= 500);
    return {
      requests: this.#requests,
      status5xx: failed.reduce((sum, [, count]) => sum + count, 0),
      wrongBlocks: this.#wrongBlocks,
      botsBlocked: this.#botsBlocked,
      botRequests: this.#botRequests,
      unanswered: this.#unanswered,
      statuses: { ...this.#statuses },
    };
  }
}

/** The demo site says 404 for itself. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 404;
}

export function sumTallies(tallies: readonly VisitorTally[]): VisitorTally {
  const sum = (pick: (tally: VisitorTally) => number) => tallies.reduce((total, tally) => total + pick(tally), 0);
  const statuses: Record<number, number> = {};
  for (const tally of tallies) {
    for (const [status, count] of Object.entries(tally.statuses)) {
      statuses[Number(status)] = (statuses[Number(status)] ?? 0) + count;
    }
  }
  return {
    requests: sum((tally) => tally.requests),
    status5xx: sum((tally) => tally.status5xx),
    wrongBlocks: sum((tally) => tally.wrongBlocks),
    botsBlocked: sum((tally) => tally.botsBlocked),
    botRequests: sum((tally) => tally.botRequests),
    unanswered: sum((tally) => tally.unanswered),
    statuses,
  };
}
