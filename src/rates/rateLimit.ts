import { KeyHash } from './keyHash.ts';
import { rateLimits } from './limits.ts';

/** What a rule says: `rate` requests in `perMs`, and `burst` of them at once after a rest. */
export interface RateSpec {
  readonly rate: number;
  readonly perMs: number;
  readonly burst: number;
}

/** Seconds, minutes, hours and days, as a rule names them. */
export const ratePeriodsMs = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
export type RatePeriod = keyof typeof ratePeriodsMs;

/** A rule's limit, made once with the active set. */
export interface RateLimit {
  readonly spec: RateSpec;
  /** Time in which one token comes. */
  readonly intervalMs: number;
  /** A request passes while its bucket is full again within this time: all tokens but one are missing then. */
  readonly toleranceMs: number;
  /** The same where several workers spend of one bucket: longer where the whole bucket is spent faster than they hear of it. */
  readonly sharedToleranceMs: number;
  /** Tells this limit's keys from those of all others. */
  readonly saltHigh: number;
  readonly saltLow: number;
}

/**
 * `id`: site and rule, the same in all workers and in all versions of the configuration. A limit whose figures change is a new
 * one, with full buckets: the time that an old bucket needs would mean another number of tokens. Figures are cut to
 * what `rateLimits` allows; who reads a configuration refuses them before.
 */
export function compileLimit({ rate, perMs, burst }: RateSpec, id: string): RateLimit {
  const spec = { rate: whole(rate), perMs, burst: whole(burst) };
  const intervalMs = Math.max(rateLimits.intervalMsMin, spec.perMs / spec.rate);
  // Sums of intervals are rounded: a thousandth of a token keeps the last one of a burst from being refused for it.
  const toleranceMs = (spec.burst - 0.999) * intervalMs;
  const hash = new KeyHash({ first: 0, second: 0 });
  hash.ofText(`${spec.rate}/${spec.perMs}/${spec.burst} ${id}`);
  return {
    spec,
    intervalMs,
    toleranceMs,
    sharedToleranceMs: toleranceMs + sharedSlackMs(spec.burst * intervalMs),
    saltHigh: hash.high,
    saltLow: hash.low,
  };
}

/**
 * A worker hears late what another one admitted, and cannot know whether a token that came in and found the bucket full was
 * already spent there. So it takes what it hears as spent of what is left, which is too much by as many tokens as come in
 * while news are on the way. Buckets that fill slower have them to spare; in faster ones they would be missing.
 */
function sharedSlackMs(fillMs: number): number {
  return Math.max(0, rateLimits.sharedSlackMsMax - fillMs / 5);
}

function whole(requests: number): number {
  return Math.min(rateLimits.requestsMax, Math.max(1, Math.floor(requests)));
}
