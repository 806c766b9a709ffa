import type { ErrorPage, HeaderEdits, Redirect, Site, SiteOrigin, UpstreamTls } from '../contract/kinds/sitesFile.ts';
import {
  healthRanges,
  limitRanges,
  type NumberRange,
  outlierRanges,
  retriesRanges,
  upstreamRanges,
  weightRange,
} from '../contract/siteRanges.ts';
import { type OriginAddress, readOrigin } from './origin.ts';

type Numbers<R> = { readonly [K in keyof R]: number };

/** Everything that a site says or leaves unsaid, complete. */
export interface SiteSettings {
  readonly name: string;
  readonly origins: readonly WeightedOrigin[];
  readonly upstream: UpstreamChoices;
  readonly limits: Numbers<typeof limitRanges>;
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

export interface UpstreamChoices extends Numbers<typeof upstreamRanges> {
  /** Concerns `https` origins alone. */
  readonly tls: OriginTls;
  /** undefined: origins are not asked. */
  readonly health:
    | (Numbers<typeof healthRanges> & { readonly path: string; readonly host: string | undefined })
    | undefined;
  readonly outlier: Numbers<typeof outlierRanges> & { readonly isEnabled: boolean };
  readonly retries: Numbers<typeof retriesRanges>;
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

/** The one place that knows what an unsaid setting means. undefined: an origin is none; the validator says so first. */
export function settingsOf(site: Site): SiteSettings | undefined {
  const { upstream = {} } = site;
  const origins = originsOf(site);
  if (origins === undefined) return undefined;
  return {
    name: site.name,
    origins,
    upstream: {
      ...filled(upstream, upstreamRanges),
      tls: tlsOf(upstream.tls ?? {}),
      health: upstream.health && {
        path: upstream.health.path,
        host: upstream.health.host,
        ...filled(upstream.health, healthRanges),
      },
      outlier: { isEnabled: upstream.outlier?.enabled ?? true, ...filled(upstream.outlier ?? {}, outlierRanges) },
      retries: filled(upstream.retries ?? {}, retriesRanges),
    },
    limits: filled(site.limits ?? {}, limitRanges),
    requestHeaders: site.requestHeaders ?? {},
    responseHeaders: site.responseHeaders ?? {},
    redirects: (site.redirects ?? []).map(({ status = 302, ...redirect }) => ({ ...redirect, status })),
    errorPages: site.errorPages ?? [],
  };
}

function originsOf(site: Site): readonly WeightedOrigin[] | undefined {
  const said = site.origins ?? (site.origin === undefined ? [] : [{ url: site.origin }]);
  const origins = said.map(({ url, weight = weightRange.default }: SiteOrigin) => {
    const address = readOrigin(url);
    return address && { url, address, weight };
  });
  return origins.length > 0 && origins.every((origin) => origin !== undefined) ? origins : undefined;
}

function tlsOf({ verify = true, serverName, ca, certificate, keyPath }: UpstreamTls): OriginTls {
  return { verify, serverName, ca, certificate, keyPath };
}

/** Exactly the numbers of `ranges`: said, or their default. */
function filled<R extends Readonly<Record<string, NumberRange>>>(
  said: Readonly<Partial<Record<keyof R, number>>>,
  ranges: R,
): Numbers<R> {
  const numbers = Object.entries(ranges).map(([key, range]) => [key, said[key as keyof R] ?? range.default]);
  return Object.fromEntries(numbers) as Numbers<R>;
}
