import { Resolver } from 'node:dns/promises';
import { canonicalAddress } from '../../address/index.ts';
import type { NamesAnswer } from '../../contract/verifiedBots.ts';
import { reverseName } from '../../verified/index.ts';
import { verifyLimits } from './limits.ts';

/** Asks name servers about an address; `failed`: there was no answer, which says nothing. */
export type AskNames = (address: string) => Promise<Omit<NamesAnswer, 'address'>>;

/**
 * Names of an address that lead back to it (forward-confirmed reverse DNS). Only names under `domains` are followed:
 * whoever owns an address may give it any name, and shall not choose what this machine asks for. `servers`:
 * `ADDRESS:PORT`; those of the system when left away.
 */
export function confirmedNames(
  domains: readonly string[],
  servers?: readonly string[],
  timeoutMs: number = verifyLimits.dnsTimeoutMs,
): AskNames {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const isWanted = (name: string) => domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
  return async (address) => {
    const names = await reverse(resolver, address);
    if (names === 'failed') return { names, forMs: verifyLimits.failedMs };
    const wanted = names.slice(0, verifyLimits.namesPerAddressMax).filter(isWanted);
    const confirmed: string[] = [];
    let forMs: number = verifyLimits.confirmedMsMax;
    for (const name of wanted) {
      const found = await forward(resolver, name, address);
      if (found === 'failed') return { names: 'failed', forMs: verifyLimits.failedMs };
      if (found === undefined) continue;
      confirmed.push(name);
      forMs = Math.min(forMs, Math.max(verifyLimits.confirmedMsMin, found.ttlS * 1_000));
    }
    return { names: confirmed, forMs: confirmed.length === 0 ? verifyLimits.deniedMs : forMs };
  };
}

async function reverse(resolver: Resolver, address: string): Promise<string[] | 'failed'> {
  try {
    // Not `reverse`: it also looks into the hosts file, and says of silence that there is no name.
    const names = await resolver.resolvePtr(reverseName(address));
    return names.map((name) => name.toLowerCase().replace(/\.$/, ''));
  } catch (error) {
    return isNo(error) ? [] : 'failed';
  }
}

/** undefined: the name exists not, or leads elsewhere. */
async function forward(
  resolver: Resolver,
  name: string,
  address: string,
): Promise<{ readonly ttlS: number } | undefined | 'failed'> {
  const wanted = canonicalAddress(address);
  const isSix = wanted?.includes(':') === true;
  try {
    const records = isSix ? await resolver.resolve6(name, { ttl: true }) : await resolver.resolve4(name, { ttl: true });
    const found = records.find((record) => canonicalAddress(record.address) === wanted);
    return found === undefined ? undefined : { ttlS: found.ttl };
  } catch (error) {
    return isNo(error) ? undefined : 'failed';
  }
}

/** Whether name servers said that there is nothing, as against saying nothing. */
function isNo(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOTFOUND' || code === 'ENODATA';
}
