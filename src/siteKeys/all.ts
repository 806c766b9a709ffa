import { listOf, recordOf, required } from '../shape/index.ts';
import { errorPages } from './errorPages.ts';
import { requestHeaders, responseHeaders } from './headerEdits.ts';
import { hosts } from './hosts.ts';
import { messageLimits } from './messageLimits.ts';
import { name } from './name.ts';
import { origin } from './origin.ts';
import { origins } from './origins.ts';
import { redirects } from './redirects.ts';
import { rules } from './rules.ts';
import { siteLimits } from './texts/limits.ts';
import { upstream } from './upstream.ts';

/**
 * What a site may say, a line each, in the order of the page. A key's row is in its own file; this list is all that joins it to the reading of `holdfast.yaml`, the validator of bundles,
 * the types, the page and the schema for editors.
 */
export const siteKeys = {
  hosts,
  origin,
  origins,
  upstream,
  limits: messageLimits,
  requestHeaders,
  responseHeaders,
  redirects,
  errorPages,
  name,
  rules,
} as const;

export const site = recordOf(
  siteKeys,
  { what: 'a site', reason: 'schema-invalid' },
  {
    checkKeys: (has) => {
      if (has('origin') && has('origins')) {
        return { fault: 'a site has either "origin" or "origins", not both', at: 'origins' };
      }
      return has('origin') || has('origins') ? undefined : { fault: 'a site has no "origin" (or "origins", a list)' };
    },
    // A bundle with such a site works, so it is refused to the person alone who writes it.
    checkHere: ({ upstream: said, origin: url, origins: several = [] }) => {
      const isEncrypted = [url, ...several.map((each) => each.url)].some((each) => each?.startsWith('https:'));
      if (said?.tls === undefined || isEncrypted) return undefined;
      return { fault: 'tls concerns https origins, and this site has none', at: 'upstream' };
    },
  },
);

export const sites = required(
  listOf(site, {
    says: 'the sites, each with its keys [below](#sites)',
    each: 'site',
    min: 1,
    max: siteLimits.sitesMax,
    none: 'there are no sites; name at least one',
    countReason: 'sites-too-many',
  }),
);
