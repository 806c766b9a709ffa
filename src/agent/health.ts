import type { WorkerHealth } from '../contract/processMessages.ts';

/** What may count against a set under watch: the edge's own failures, never the origins'. */
const signs = ['status5xxOwn', 'moduleFailures'] as const;

/**
 * Whether a worker's health turned between two equal spans of time, before and under the new set. Not every single
 * failure is the new set's: it must be more than twice what was usual, and more than one in a hundred requests.
 * Returns a sentence, or undefined when all is well.
 */
export function healthTurned(
  spanBefore: WorkerHealth | undefined,
  start: WorkerHealth | undefined,
  now: WorkerHealth | undefined,
): string | undefined {
  // Missing health is not health.
  if (start === undefined || now === undefined) return 'nothing is known of its health';
  const requests = now.requests - start.requests;
  for (const sign of signs) {
    const usual = spanBefore === undefined ? 0 : Math.max(0, start[sign] - spanBefore[sign]);
    const rise = now[sign] - start[sign];
    if (rise > 2 * usual + Math.max(1, requests / 100)) {
      return `${sign} rose by ${rise} in ${requests} requests under the new set (${usual} in the time before)`;
    }
  }
  // A module that is left alone throws no more and takes no more time: this is all that is seen of it.
  const openings = (now.circuitOpenings ?? 0) - (start.circuitOpenings ?? 0);
  const usualOpenings = (start.circuitOpenings ?? 0) - (spanBefore?.circuitOpenings ?? start.circuitOpenings ?? 0);
  if (openings > 2 * Math.max(0, usualOpenings))
    return `a module had to be left alone ${openings} times under the new set`;
  return undefined;
}
