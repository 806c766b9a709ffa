import { configDefaults, type HoldfastConfig } from '../../config/index.ts';
import type { VerifiedBotsOptions } from '../../contract/verifiedBots.ts';

/**
 * How an edge verifies bots: what its configuration says, else with the shipped operators. `HOLDFAST_OFFLINE=1` (machines
 * without a way out, tests) fetches nothing whatever the configuration says.
 */
export function verifiedBotsOptions(config: HoldfastConfig | undefined): VerifiedBotsOptions {
  const said = config?.verifiedBots ?? configDefaults.verifiedBots;
  return process.env.HOLDFAST_OFFLINE === '1' ? { ...said, isOnline: false } : said;
}
