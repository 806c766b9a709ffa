import { type SiteSettings, settingsOf } from '../../../bundles/index.ts';
import type { Site, SiteOrigin } from '../../../contract/kinds/sitesFile.ts';

/** Settings of a site with these weights, origin 0 first. */
export function siteOf(weights: readonly number[], more: Partial<Site> = {}): SiteSettings {
  const origins: SiteOrigin[] = weights.map((weight, index) => ({ url: `http://10.0.0.${index + 1}:80`, weight }));
  return settingsOf({ name: 'shop', hosts: ['shop.example'], origins, rules: [], ...more })!;
}
