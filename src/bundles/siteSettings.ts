import type { ErrorPage, HeaderEdits, Redirect, Site, SiteOrigin, UpstreamTls } from '../contract/kinds/sitesFile.ts';
import { type Settled, settle } from '../shape/index.ts';
import {
  health,
  messageLimits,
  type OriginAddress,
  oneOrigin,
  outlier,
  readOrigin,
  redirect,
  retries,
  tls,
  upstream,
} from '../siteKeys/index.ts';

/** Everything that a site says or leaves unsaid, complete. */
export interface SiteSettings {
  readonly name: string;
  readonly origins: readonly WeightedOrigin[];
  readonly upstream: UpstreamChoices;
  readonly limits: Settled<typeof messageLimits.keys>;
  readonly requestHeaders: HeaderEdits;
  readonly responseHeaders: HeaderEdits;
  readonly redirects: readonly Required<Redirect>[];
  readonly errorPages: readonly ErrorPage[];
}

export interface WeightedOrigin {
  readonly url: string;
  readonly address: OriginAddress;
  readonly weight: number;
}

export interface UpstreamChoices extends Settled<typeof upstream.keys> {
  /** Concerns `https` origins alone. */
  readonly tls: OriginTls;
  /** undefined: origins are not asked. */
  readonly health:
    | (Settled<typeof health.keys> & { readonly path: string; readonly host: string | undefined })
    | undefined;
  readonly outlier: Omit<Settled<typeof outlier.keys>, 'enabled'> & { readonly isEnabled: boolean };
  readonly retries: Settled<typeof retries.keys>;
}

/** How a connection to an `https` origin is made. */
export interface OriginTls {
  readonly verify: boolean;
  /** undefined: the origin's own host. */
  readonly serverName: string | undefined;
  /** PEM; undefined: the public roots that the runtime carries. */
  readonly ca: string | undefined;
  /** PEM; undefined: the edge shows none. */
  readonly certificate: string | undefined;
  /** A file on the edge; there exactly when `certificate` is. */
  readonly keyPath: string | undefined;
}

/** The one place that fills in what an unsaid setting means. undefined: an origin is none; the validator says so first. */
export function settingsOf(site: Site): SiteSettings | undefined {
  const { upstream: said = {} } = site;
  const origins = originsOf(site);
  if (origins === undefined) return undefined;
  const { enabled: isEnabled, ...outlierNumbers } = settle(outlier.keys, said.outlier ?? {});
  return {
    name: site.name,
    origins,
    upstream: {
      ...settle(upstream.keys, said),
      tls: tlsOf(said.tls ?? {}),
      health: said.health && {
        path: said.health.path,
        host: said.health.host,
        ...settle(health.keys, said.health),
      },
      outlier: { isEnabled, ...outlierNumbers },
      retries: settle(retries.keys, said.retries ?? {}),
    },
    limits: settle(messageLimits.keys, site.limits ?? {}),
    requestHeaders: site.requestHeaders ?? {},
    responseHeaders: site.responseHeaders ?? {},
    redirects: (site.redirects ?? []).map(({ from, to, ...more }) => ({ from, to, ...settle(redirect.keys, more) })),
    errorPages: site.errorPages ?? [],
  };
}

function originsOf(site: Site): readonly WeightedOrigin[] | undefined {
  const said = site.origins ?? (site.origin === undefined ? [] : [{ url: site.origin }]);
  const origins = said.map((one: SiteOrigin) => {
    const address = readOrigin(one.url);
    return address && { url: one.url, address, ...settle(oneOrigin.keys, one) };
  });
  return origins.length > 0 && origins.every((origin) => origin !== undefined) ? origins : undefined;
}

function tlsOf(said: UpstreamTls): OriginTls {
  const { serverName, ca, certificate, keyPath } = said;
  return { ...settle(tls.keys, said), serverName, ca, certificate, keyPath };
}
