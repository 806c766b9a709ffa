import type { RuleThen } from '../../../contract/kinds/sitesFile.ts';
import { assert } from '../../../kernel/assert.ts';
import { readKey } from '../../../modules/rates/limitAction.ts';
import { compileLimit, type RateKey, type RateLimit, ratePeriodsMs } from '../../../rates/index.ts';
import type { HandedRule } from '../../../rules/index.ts';

/** A `limit` rule, ready to be asked. */
export interface ReadyLimit {
  readonly limit: RateLimit;
  readonly key: RateKey;
}

/** By the rules' places. The validator has seen to it that figures and keys are what they may be. */
export function compileLimits(site: string, rules: readonly HandedRule[]): ReadonlyMap<number, ReadyLimit> {
  return new Map(rules.map(({ rule, index, then }) => [index, readyLimit(`${site}/${rule}`, then)]));
}

/** A burst that is not said is what comes in one period. */
function readyLimit(id: string, then: RuleThen): ReadyLimit {
  assert(then.action === 'limit', 'rules hand on what they were asked for');
  const { rate, per, burst = rate, key } = then;
  const read = readKey(key);
  assert(read !== undefined, 'a key was checked with its bundle');
  return { limit: compileLimit({ rate, perMs: ratePeriodsMs[per], burst }, id), key: read };
}
