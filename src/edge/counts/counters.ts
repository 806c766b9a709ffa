import type { BrokenBy } from '../../contract/metrics/labelValues.ts';
import { type OwnError, type Rejection, rejections } from '../../contract/reasons/answerReasons.ts';
import { ScoreCounts } from './scoreCounts.ts';

/** What a worker counts of its requests since its start. */
export class Counters {
  requests = 0;
  status5xxOwn = 0;
  upstreamFailures = 0;
  refusals = 0;
  readonly scores = new ScoreCounts();
  /** Now: requests that went to an origin and are not over, and those of them that became tunnels. */
  forwarding = 0;
  tunnels = 0;
  /** Answers that broke off in the middle, by who left or whose module failed. */
  readonly broken: Record<BrokenBy, number> = { visitor: 0, origin: 0, edge: 0 };
  readonly rejected: Record<Rejection, number>;
  readonly errors: Partial<Record<OwnError, number>> = {};

  constructor() {
    const zeros = Object.keys(rejections).map((reason) => [reason, 0]);
    this.rejected = Object.fromEntries(zeros) as Record<Rejection, number>;
  }
}
