import { compileLimit, type RateKey, type RateLimit, type RatePeriod, ratePeriodsMs } from '../../../rates/index.ts';
import type { HandedRule } from '../../../rules/index.ts';

/** A `limit` rule, ready to be asked. */
export interface ReadyLimit {
  readonly limit: RateLimit;
  readonly key: RateKey;
}

/** By the rules' places. The validator has seen to it that figures and keys are what they may be. */
export function compileLimits(site: string, rules: readonly HandedRule[]): ReadonlyMap<number, ReadyLimit> {
  return new Map(rules.map(({ rule, index, then }) => [index, readyLimit(`${site}/${rule}`, then as never)]));
}

/** What a site leaves unsaid: as many at once as come in one period, each visitor's address by itself. */
function readyLimit(id: string, { rate, per, burst = rate, key = 'address' }: LimitThen): ReadyLimit {
  return { limit: compileLimit({ rate, perMs: ratePeriodsMs[per], burst }, id), key: keyOf(key) };
}

interface LimitThen {
  readonly rate: number;
  readonly per: RatePeriod;
  readonly burst?: number;
  readonly key?: string;
}

/** `cookie session`: a kind, and a name where the kind wants one. */
function keyOf(text: string): RateKey {
  const [kind, name] = text.split(' ', 2);
  if (kind === 'header') return { kind, name: name!.toLowerCase() };
  return (name === undefined ? { kind } : { kind, name }) as RateKey;
}
