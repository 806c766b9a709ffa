import type { LookupFunction } from 'node:net';
import { isAddress } from '../../address/index.ts';
import type { TimerClock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { DnsCache, type DnsState } from './dns/dnsCache.ts';
import { systemDns } from './dns/dnsResolver.ts';
import { HealthProber } from './healthProber.ts';
import type { GroupSettings, OriginGroup } from './originGroup.ts';
import { OriginGroups } from './originGroups.ts';
import { OriginTlsContexts } from './originTlsContexts.ts';

/** All that a worker knows of its sites' origins: where they are, how they do, and who gets the next request. */
export class Origins {
  readonly tls: OriginTlsContexts;
  readonly #groups: OriginGroups;
  readonly #dns: DnsCache;
  readonly #prober: HealthProber;

  constructor(clock: TimerClock, random: Random) {
    this.tls = new OriginTlsContexts(clock);
    this.#groups = new OriginGroups(clock, random);
    this.#dns = new DnsCache(systemDns(), clock, random);
    const groups = () => this.#groups.all();
    this.#prober = new HealthProber({ clock, random, groups, lookup: this.#dns.lookup, tls: this.tls });
  }

  /** For `net.connect`. */
  get lookup(): LookupFunction {
    return this.#dns.lookup;
  }

  get dns(): DnsState {
    return this.#dns.state();
  }

  start(): void {
    this.#dns.start();
    this.#prober.start();
  }

  stop(): void {
    this.#dns.stop();
    this.#prober.stop();
  }

  /** `sites` is complete. */
  update(sites: readonly GroupSettings[]): void {
    this.#groups.update(sites);
    const hosts = sites.flatMap(({ origins }) => origins.map(({ address }) => address.host));
    this.#dns.keep(new Set(hosts.filter((host) => !isAddress(host))));
  }

  groupOf(siteName: string): OriginGroup | undefined {
    return this.#groups.get(siteName);
  }

  all(): readonly OriginGroup[] {
    return this.#groups.all();
  }
}
