import { type SiteSettings, settingsOf } from '../../bundles/index.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Site, SitesFile } from '../../contract/kinds/sitesFile.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { type CompiledRules, compileRules } from '../../rules/index.ts';
import { compileErrorPages, type ReadyErrorPage } from './errorPages.ts';

/** One site, ready to serve. */
export interface ReadySite {
  readonly name: string;
  readonly said: Site;
  readonly settings: SiteSettings;
  /** What the edge says in its stead, by status. */
  readonly errorPages: ReadonlyMap<number, ReadyErrorPage>;
  readonly rules: CompiledRules;
}

/** Sites by host name: the exact one, else the catch-all `*`. Immutable. */
export class SiteTable {
  readonly #byHost: ReadonlyMap<string, ReadySite>;
  readonly sites: readonly ReadySite[];

  constructor(sites: readonly ReadySite[], byHost: ReadonlyMap<string, ReadySite>) {
    this.sites = sites;
    this.#byHost = byHost;
  }

  /** `host`: lower case, without port; a root dot at its end means the same name. */
  find(host: string): ReadySite | undefined {
    const exact = this.#byHost.get(host) ?? (host.endsWith('.') ? this.#byHost.get(host.slice(0, -1)) : undefined);
    return exact ?? this.#byHost.get('*');
  }
}

/** Compiles every site, or says all that is wrong with them. */
export function buildSiteTable(file: SitesFile): Result<SiteTable, readonly Finding[]> {
  const findings: Finding[] = [];
  const byHost = new Map<string, ReadySite>();
  const ready: ReadySite[] = [];
  for (const site of file.sites) {
    const built = buildSite(site, findings);
    if (built === undefined) continue;
    ready.push(built);
    for (const host of site.hosts) byHost.set(host, built);
  }
  return findings.length > 0 ? err(findings) : ok(new SiteTable(ready, byHost));
}

function buildSite(site: Site, findings: Finding[]): ReadySite | undefined {
  const rules = compileRules(site);
  if (!rules.ok) findings.push(...rules.error);
  const settings = settingsOf(site);
  if (settings === undefined) {
    const message = `Site "${site.name}": its origin must read http://host:port or https://host:port.`;
    findings.push({ reason: 'origin-invalid', message, names: [site.name] });
    return undefined;
  }
  if (!rules.ok) return undefined;
  return {
    name: site.name,
    said: site,
    settings,
    errorPages: compileErrorPages(settings.errorPages),
    rules: rules.value,
  };
}
