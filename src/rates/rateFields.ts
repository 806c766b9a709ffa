import type { RateLimit } from './rateLimit.ts';

/** How a request stood to one limit: what `Rates` says behind its `take`. */
export interface RateVerdict {
  /** As the fields name the limit: the rule's name. */
  readonly policy: string;
  readonly limit: RateLimit;
  readonly isAdmitted: boolean;
  readonly remaining: number;
  readonly msUntilNext: number;
}

/** Fields of an answer, in the order in which they are written. */
export interface RateFields {
  /** Seconds until the request would be admitted; only where it was not. */
  readonly 'Retry-After'?: string;
  readonly RateLimit: string;
  readonly 'RateLimit-Policy': string;
}

/**
 * Fields of draft-ietf-httpapi-ratelimit-headers-11: lists of structured fields (RFC 9651), one member for each limit that the
 * request was counted by. At least one.
 *
 * - `RateLimit: "name";r=0;t=3`: `r` tokens are left, and there will not be more within `t` seconds.
 * - `RateLimit-Policy: "name";q=100;w=60;holdfast-burst=20`: 100 requests in 60 seconds in the long run; the burst stands there when it is
 *   another number.
 *
 * `Retry-After` should not point before any `t` beside it (section 6). So it is the largest of the limits that refused, and the
 * others, which may be a day's, then stand without theirs. Whole seconds, rounded up: whoever waits for so long is not too early.
 */
export function rateFields(verdicts: readonly RateVerdict[]): RateFields {
  const refusing = verdicts.filter(({ isAdmitted }) => !isAdmitted);
  const limits = verdicts.map(({ policy, isAdmitted, remaining, msUntilNext }) => {
    const window = refusing.length > 0 && isAdmitted ? '' : `;t=${secondsOf(msUntilNext)}`;
    return `${stringItem(policy)};r=${integer(remaining)}${window}`;
  });
  const policies = verdicts.map(({ policy, limit: { spec } }) => {
    const burst = spec.burst === spec.rate ? '' : `;holdfast-burst=${integer(spec.burst)}`;
    return `${stringItem(policy)};q=${integer(spec.rate)};w=${Math.max(1, secondsOf(spec.perMs))}${burst}`;
  });
  const fields = { RateLimit: limits.join(', '), 'RateLimit-Policy': policies.join(', ') };
  if (refusing.length === 0) return fields;
  // At least one: `0` would invite the same request again at once.
  const seconds = Math.max(1, ...refusing.map(({ msUntilNext }) => secondsOf(msUntilNext)));
  return { 'Retry-After': String(seconds), ...fields };
}

function secondsOf(ms: number): number {
  return integer(Math.ceil(ms / 1_000));
}

/** RFC 9651 section 3.3.1: up to fifteen digits. */
function integer(value: number): number {
  return Math.min(999_999_999_999_999, Math.max(0, Math.floor(value)));
}

/** RFC 9651 section 3.3.3: printable ASCII between quotes; anything else of a name becomes `_`. */
function stringItem(text: string): string {
  return `"${text.replace(/[^ -~]/g, '_').replace(/["\\]/g, '\\$&')}"`;
}
