import { lookup, Resolver } from 'node:dns/promises';
import { readFile, stat } from 'node:fs/promises';
import { dnsLimits } from './limits.ts';

export interface KnownAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface DnsAnswer {
  /** At least one. */
  readonly addresses: readonly KnownAddress[];
  /** undefined: the source knows no time to live. */
  readonly ttlMs: number | undefined;
}

/** Finds the addresses of a name; rejects when there are none. The error's `code` is Node's. */
export type AskDns = (host: string) => Promise<DnsAnswer>;

export interface DnsSources {
  readonly hostsPath?: string;
  /** `ADDRESS:PORT`; those of the system unless said otherwise. */
  readonly servers?: readonly string[];
}

/**
 * Asks name servers, which alone tell how long an answer holds. What they do not know, names without a dot, `localhost` and
 * what stands in the hosts file is left to the system's resolver: it knows search lists and whatever else was set up.
 */
export function systemDns({ hostsPath = '/etc/hosts', servers }: DnsSources = {}): AskDns {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  return async (host) => {
    if (!isForNameServers(host) || (await isInHostsFile(host, hostsPath))) return lookUp(host);
    const [four, six] = await Promise.allSettled([
      resolver.resolve4(host, { ttl: true }),
      resolver.resolve6(host, { ttl: true }),
    ]);
    const records = [
      ...(four.status === 'fulfilled' ? four.value.map((record) => ({ ...record, family: 4 as const })) : []),
      ...(six.status === 'fulfilled' ? six.value.map((record) => ({ ...record, family: 6 as const })) : []),
    ];
    if (records.length === 0) return lookUp(host);
    const ttlMs = 1_000 * Math.min(...records.map(({ ttl }) => ttl));
    return { addresses: records.map(({ address, family }) => ({ address, family })), ttlMs };
  };
}

function isForNameServers(host: string): boolean {
  return host.includes('.') && !host.endsWith('.localhost') && !host.endsWith('.local');
}

async function lookUp(host: string): Promise<DnsAnswer> {
  const addresses = await lookup(host, { all: true });
  if (addresses.length === 0) throw Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
  return {
    addresses: addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })),
    ttlMs: undefined,
  };
}

/** Whether the hosts file names it, which then has the last word, as everywhere else on the machine. */
async function isInHostsFile(host: string, path: string): Promise<boolean> {
  try {
    if ((await stat(path)).size > dnsLimits.hostsFileBytesMax) return false;
    const text = (await readFile(path, 'latin1')).toLowerCase();
    return text.split('\n').some((line) => line.split('#', 1)[0]!.trim().split(/\s+/).indexOf(host) > 0);
  } catch {
    return false;
  }
}
