import type { LoggedClient } from './loggedClient.ts';

/** What a log tells of who a client was, and by what. Never the score: a model that learned from scores would learn to agree with itself. */
export const weakReasons = ['heuristics', 'impostor', 'verified-bot', 'no-browser', 'visit'] as const;
export type WeakReason = (typeof weakReasons)[number];

export interface WeakLabel {
  readonly label: 'human' | 'bot';
  readonly reason: WeakReason;
}

/** A visit that says something. */
const visitRequestsMin = 8;
const visitSecondsMin = 10;
const visitAnsweredShareMin = 0.8;
/** Of what a visit shows, so many signs must be seen, and none against it. */
const signsMin = 3;

/**
 * Signs of a person's visit at its last request, by feature: what its value is at least, or at most. A program that keeps
 * cookies, loads what pages need and follows links shows them, too; that is why the labels are weak.
 */
const signs: readonly { readonly feature: string; readonly min?: number; readonly max?: number }[] = [
  { feature: 'window_cookie_kept_share', min: 0.5 },
  { feature: 'window_assets_per_view', min: 0.5 },
  { feature: 'window_known_referer_share', min: 0.4 },
  { feature: 'window_typed_share', max: 0.5 },
  { feature: 'window_interval_variation', min: 0.3 },
];
/** What no request of a person's visit shows. */
const counterSigns: readonly { readonly feature: string; readonly max: number }[] = [
  { feature: 'window_robots_read', max: 0 },
  { feature: 'window_sequential_share', max: 0.5 },
  { feature: 'window_head_share', max: 0.1 },
  { feature: 'path_probe', max: 0 },
];
/** Behind one address and user agent may be several: fewer hits than this share of its requests are somebody else's, and tell nothing. */
const hitShareMin = 0.1;

/** undefined: nothing is known of it, and nothing is learned. `names` are those of its vectors. */
export function weakLabelOf(client: LoggedClient, names: readonly string[]): WeakLabel | undefined {
  if (client.operator !== '') return { label: 'bot', reason: 'verified-bot' };
  if (client.impostures > 0) return { label: 'bot', reason: 'impostor' };
  if (client.hits > 0) {
    return client.hits >= client.requests * hitShareMin ? { label: 'bot', reason: 'heuristics' } : undefined;
  }
  if (!client.claimsBrowser) return { label: 'bot', reason: 'no-browser' };
  return isVisit(client, names) ? { label: 'human', reason: 'visit' } : undefined;
}

function isVisit(client: LoggedClient, names: readonly string[]): boolean {
  const { answered, requests, rows, seconds } = client;
  if (requests < visitRequestsMin || seconds < visitSecondsMin || answered < requests * visitAnsweredShareMin)
    return false;
  const figureOf = (feature: string, { vector } = rows.at(-1)!) => vector[names.indexOf(feature)] ?? Number.NaN;
  let seen = 0;
  for (const { feature, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } of signs) {
    const value = figureOf(feature);
    if (Number.isNaN(value)) continue;
    if (value < min || value > max) return false;
    seen += 1;
  }
  const isContradicted = counterSigns.some(({ feature, max }) => rows.some((row) => figureOf(feature, row) > max));
  return seen >= signsMin && !isContradicted;
}
