/**
 * Why an observation did not reach a worker: closed list. full: nobody took it in time; slow: the peer did not read; gone: the
 * peer could not be reached; late: it came when its time was long over; busy: more than may be counted; foreign: no frame of
 * ours, counted once per connection that was cut off for it.
 */
export const observationLosses = ['full', 'slow', 'gone', 'late', 'busy', 'foreign'] as const;
export type ObservationLoss = (typeof observationLosses)[number];

/** What a worker told its peers of one topic and heard from them, in news: observations, or keys of rates. */
export class PeerCounts {
  told = 0;
  heard = 0;
  /** States (addresses and clients, or buckets) taken over from another worker at the start. */
  adopted = 0;
  readonly lost: Record<Exclude<ObservationLoss, 'full'>, number> = { slow: 0, gone: 0, late: 0, busy: 0, foreign: 0 };
}
