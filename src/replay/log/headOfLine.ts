import { extensionClass } from '../../bots/facts/destination.ts';
import { type RequestHead, requestHead } from '../../http/index.ts';
import type { CombinedLine } from './combinedLine.ts';

/** What a page is asked for with and what everything else is, as far as a path's ending tells them apart. */
const accepts = { page: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', other: '*/*' } as const;
const pageEndings = new Set(['none', 'page', 'script-source']);

/**
 * A head with what the line tells: request line, Host, User-Agent, Referer, address. A log has no Accept; one stands in so
 * that the client's window counts pages as pages, and no feature of its own is read from it (`logKnowledge.ts`).
 */
export function headOfLine(line: CombinedLine, siteHost: string): RequestHead {
  const isPage = pageEndings.has(extensionClass(line.target.split('?', 1)[0]!));
  const rawHeaders = ['Host', hostFor(line, siteHost)];
  if (line.userAgent !== null) rawHeaders.push('User-Agent', line.userAgent);
  rawHeaders.push('Accept', isPage ? accepts.page : accepts.other);
  if (line.referer !== null) rawHeaders.push('Referer', line.referer);
  return requestHead({
    method: line.method,
    target: line.target,
    version: line.version,
    rawHeaders,
    scheme: 'http',
    clientAddress: line.clientAddress,
  });
}

/** The log names no host; a Referer of the site's own host with or without `www.` says which one the visitor was on. */
function hostFor(line: CombinedLine, siteHost: string): string {
  const refererHost = line.referer === null ? undefined : hostOfUrl(line.referer);
  return refererHost !== undefined && bare(refererHost) === bare(siteHost) ? refererHost : siteHost;
}

/** The host that the Referers name most: on every site most of them are its own pages. */
export function commonestHost(lines: readonly CombinedLine[]): string {
  const counts = new Map<string, number>();
  for (const { referer } of lines) {
    const host = referer === null ? undefined : hostOfUrl(referer);
    if (host === undefined || (counts.size >= 10_000 && !counts.has(host))) continue;
    counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  const [most] = [...counts].sort((one, other) => other[1] - one[1]);
  return most?.[0] ?? 'site.example';
}

function hostOfUrl(url: string): string | undefined {
  return /^https?:\/\/([^/?#\s@]{1,255})/i.exec(url)?.[1]?.toLowerCase();
}

function bare(host: string): string {
  return host.startsWith('www.') ? host.slice(4) : host;
}
