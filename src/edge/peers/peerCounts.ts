import type { ObservationLoss } from '../../contract/metrics/labelValues.ts';

/** What a worker told its peers of one topic and heard from them, in news: observations, or keys of rates. */
export class PeerCounts {
  told = 0;
  heard = 0;
  /** States (addresses and clients, or buckets) taken over from another worker at the start. */
  adopted = 0;
  readonly lost: Record<Exclude<ObservationLoss, 'full'>, number> = { slow: 0, gone: 0, late: 0, busy: 0, foreign: 0 };
}
