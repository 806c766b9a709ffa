/**
 * Payload of a bundle of kind `sites`: what `holdfast.yaml` says about sites, checked. What a site may leave out is left
 * out here too; `bundles/siteSettings.ts` is the one place that fills it, so that old bundles stay readable.
 */
export interface SitesFile {
  readonly schema: 1;
  readonly sites: readonly Site[];
}

export interface Site {
  /** The first host, or `default` for the catch-all; unique; used in logs, metrics and the trace. */
  readonly name: string;
  /** Lower-case host names without port; `*` catches every host that no other site names. */
  readonly hosts: readonly string[];
  /** `http://host:port` or `https://host:port`, nothing behind it. Either this or `origins`. */
  readonly origin?: string;
  /** Several origins that share the site's requests. */
  readonly origins?: readonly SiteOrigin[];
  readonly upstream?: UpstreamSettings;
  readonly limits?: SiteLimits;
  /** Done to what the edge would send the origin. */
  readonly requestHeaders?: HeaderEdits;
  /** Done to what the edge would send the visitor of an origin's answer. */
  readonly responseHeaders?: HeaderEdits;
  readonly redirects?: readonly Redirect[];
  /** What the edge says in the site's stead. */
  readonly errorPages?: readonly ErrorPage[];
  readonly rules: readonly Rule[];
}

export interface SiteOrigin {
  /** As `Site.origin`. */
  readonly url: string;
  /** Its part of the requests, relative to the others'; 1 unless said otherwise. */
  readonly weight?: number;
}

/** How a site's origins are spoken to. Ranges and defaults: `contract/siteRanges.ts`. */
export interface UpstreamSettings {
  readonly connectTimeoutMs?: number;
  /** From the request's last byte to the answer's head. */
  readonly answerTimeoutMs?: number;
  /** Between two pieces of a body, either way. */
  readonly bodyIdleTimeoutMs?: number;
  /** How long an idle connection is kept; 0: none is. */
  readonly keepAliveMs?: number;
  /** Requests on their way to one origin from one worker. */
  readonly requestsMax?: number;
  readonly tls?: UpstreamTls;
  /** Without it origins are not asked; they are still watched (`outlier`). */
  readonly health?: HealthCheck;
  readonly outlier?: OutlierSettings;
  readonly retries?: { readonly max?: number };
}

/** For `https` origins. A private key never travels in a bundle: `keyPath` names a file on the edge. */
export interface UpstreamTls {
  readonly verify?: boolean;
  /** Name that is asked for and verified; the origin's own host unless said otherwise. */
  readonly serverName?: string;
  /** PEM certificates that are trusted instead of the public roots. */
  readonly ca?: string;
  /** PEM certificate (with its chain) that the edge shows; together with `keyPath`. */
  readonly certificate?: string;
  readonly keyPath?: string;
}

/** A GET that each worker sends to each origin; 200 to 399 is healthy. */
export interface HealthCheck {
  readonly path: string;
  /** Value of `Host`; the origin's own host and port unless said otherwise. */
  readonly host?: string;
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly unhealthyAfter?: number;
  readonly healthyAfter?: number;
}

/** When an origin that fails requests gets none for a while. */
export interface OutlierSettings {
  readonly enabled?: boolean;
  /** Failures in a row: no connection, no whole answer, or 502, 503, 504. */
  readonly failures?: number;
  /** The first pause; it doubles with each further one. */
  readonly ejectMs?: number;
  readonly ejectMsMax?: number;
}

/** Bounds on what this site takes, within those of the edge. */
export interface SiteLimits {
  /** 413 beyond it. */
  readonly bodyBytesMax?: number;
  /** Request line and headers; 431 beyond it. */
  readonly headBytesMax?: number;
}

/** A name stands at most once in all three, whatever its case. */
export interface HeaderEdits {
  /** Takes the place of all lines of the name. */
  readonly set?: readonly HeaderLine[];
  /** A further line of the name. */
  readonly add?: readonly HeaderLine[];
  readonly remove?: readonly string[];
}

export interface HeaderLine {
  readonly name: string;
  readonly value: string;
}

export const redirectStatuses = [301, 302, 307, 308] as const;
export type RedirectStatus = (typeof redirectStatuses)[number];

export interface Redirect {
  /** A path, compared octet by octet; with `*` at its end every path that begins so. The exact one wins, then the longest. */
  readonly from: string;
  /**
   * A path or `http(s)://host[:port]/…`; a `*` at its end stands for what the one in `from` stood for. The query goes
   * along unless `to` has one.
   */
  readonly to: string;
  /** 302 unless said otherwise. */
  readonly status?: RedirectStatus;
}

export interface ErrorPage {
  readonly status: number;
  /** Plain text, or HTML if it begins like HTML. */
  readonly body: string;
}

export const ruleActions = ['allow', 'log', 'block'] as const;

export interface Rule {
  readonly name: string;
  /** CEL over `request.*` and `bot.*`, three-valued: fires on true alone. */
  readonly when: string;
  readonly then: RuleThen;
  /** A dry rule is evaluated and logged, and does nothing. */
  readonly dryRun: boolean;
  /** `block`: this rule may block although every score is absent; without it such a rule set is refused. */
  readonly whenAbsent: 'block' | 'never-block';
}

/** `allow` and `block` end the rules of a request; `log` marks the record and goes on. */
export type RuleThen =
  | { readonly action: 'allow' }
  | { readonly action: 'log' }
  | { readonly action: 'block'; readonly status: number; readonly body: string };

/** What a bundle of kind `sites` alone is refused for, and what each reason means: sentences without their full stops. */
export const sitesReasons = {
  'site-duplicate': 'two sites share a name',
  'sites-too-many': 'there are more sites than there may be',
  'host-invalid': 'a host is no host name, or a site has none or too many',
  'host-duplicate': 'two sites claim a host',
  'origin-invalid': "an origin's URL or weight is not one, or an origin is there twice",
  'upstream-invalid': 'a setting of how origins are talked to lies outside its range',
  'upstream-tls-invalid': 'a setting of TLS to origins is not one',
  'limit-invalid': 'a limit lies outside its range',
  'header-edit-invalid': 'a header that is to be set, added or removed cannot be, or there are too many',
  'redirect-invalid': "a redirect's path or target is not one, it leads in a circle, or there are too many",
  'error-page-invalid': "an error page's status or body is not one, or there are too many",
  'rules-too-many': 'a site has more rules than it may have',
  'rule-name-duplicate': 'two rules of a site share a name',
  'rule-invalid': 'an expression does not compile, or is neither true nor false',
  'rule-too-costly': 'an expression is longer or costs more than one may',
  'rule-blocks-when-absent': 'with the score or lists absent, a rule would block what it lets through otherwise',
} as const;
