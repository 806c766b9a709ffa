import type { Said } from '../../shape/index.ts';
import {
  type errorPages,
  type health,
  type messageLimits,
  type oneOrigin,
  type outlier,
  type redirect,
  type requestHeaders,
  type rule,
  ruleActions as ruleActionRows,
  type site,
  type tls,
  type upstream,
} from '../../siteKeys/index.ts';

export { type RedirectStatus, redirectStatuses } from '../../siteKeys/index.ts';

/**
 * Payload of a bundle of kind `sites`: what `holdfast.yaml` says about sites, checked. What a site may leave out is left
 * out here too; `bundles/siteSettings.ts` is the one place that fills it, so that old bundles stay readable.
 *
 * The types are those of the rows in `siteKeys`, where each key says what it is.
 */
export interface SitesFile {
  readonly schema: 1;
  readonly sites: readonly Site[];
}

export interface Site extends Said<typeof site> {}
export interface SiteOrigin extends Said<typeof oneOrigin> {}
export interface UpstreamSettings extends Said<typeof upstream> {}
export interface UpstreamTls extends Said<typeof tls> {}
export interface HealthCheck extends Said<typeof health> {}
export interface OutlierSettings extends Said<typeof outlier> {}
export interface SiteLimits extends Said<typeof messageLimits> {}
export interface HeaderEdits extends Said<typeof requestHeaders> {}
export type HeaderLine = NonNullable<HeaderEdits['set']>[number];
export interface Redirect extends Said<typeof redirect> {}
export type ErrorPage = Said<typeof errorPages>[number];
export interface Rule extends Said<typeof rule> {}
export type RuleThen = Rule['then'];

export const ruleActions = Object.keys(ruleActionRows) as RuleThen['action'][];

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
