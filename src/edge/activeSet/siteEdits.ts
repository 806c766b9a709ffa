import { RedirectTable, type SiteSettings } from '../../bundles/index.ts';
import { compileErrorPages, type ReadyErrorPage } from './errorPages.ts';
import { compileHeaderEdits, type HeaderEditor } from './headerEdits.ts';

/** What a site does to messages itself, ready to use; undefined where it does nothing. */
export interface SiteEdits {
  readonly requestHeaders: HeaderEditor | undefined;
  readonly responseHeaders: HeaderEditor | undefined;
  readonly redirects: RedirectTable | undefined;
  /** By status. */
  readonly errorPages: ReadonlyMap<number, ReadyErrorPage>;
}

export function compileSiteEdits(settings: SiteSettings): SiteEdits {
  return {
    requestHeaders: compileHeaderEdits(settings.requestHeaders),
    responseHeaders: compileHeaderEdits(settings.responseHeaders),
    redirects: settings.redirects.length === 0 ? undefined : new RedirectTable(settings.redirects),
    errorPages: compileErrorPages(settings.errorPages),
  };
}
