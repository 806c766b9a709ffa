import type { SitesFile } from '../contract/kinds/sitesFile.ts';
import { parseOrigin } from '../siteKeys/index.ts';

/** What `--origin URL` means: every host goes to this one origin, and no rule refuses anything. `origin` is `http://host:port`. */
export function sitesForOrigin(origin: string): SitesFile {
  // What is no origin stays as it was typed: the validator of bundles refuses it and says why.
  const parsed = parseOrigin(origin);
  return {
    schema: 1,
    sites: [{ name: 'default', hosts: ['*'], origin: parsed.ok ? parsed.value : origin, rules: [] }],
  };
}
