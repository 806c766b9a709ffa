import type { ErrorPage } from '../../contract/kinds/sitesFile.ts';

export interface ReadyErrorPage {
  readonly contentType: string;
  /** UTF-8, sent as it is. */
  readonly body: Buffer;
}

/** A site's own words for what the edge answers in its stead, by status. */
export function compileErrorPages(pages: readonly ErrorPage[]): ReadonlyMap<number, ReadyErrorPage> {
  return new Map(
    pages.map(({ status, body }) => [status, { contentType: contentTypeOf(body), body: Buffer.from(body) }]),
  );
}

/** By the first characters alone, as browsers sniff (WHATWG MIME Sniffing section 7.1), and never against the author's word. */
function contentTypeOf(body: string): string {
  const isHtml = /^\s*<(?:!doctype html|!--|html|head|body|title|h1|p|div)[\s>]/i.test(body);
  return isHtml ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';
}
