import type { RequestHead } from '../../http/requestHead.ts';

/** What depends on the site, the page or the visit rather than on the client. */
const siteLines = new Set(['host', 'referer', 'origin', 'cookie', 'content-length', 'x-forwarded-for']);

/** A head's lines without those of the site and the visit: two clients that write the same text look alike in one request. */
export function headText({ method, version, rawHeaders }: RequestHead): string {
  const lines = [`${method} HTTP/${version}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    lines.push(siteLines.has(name.toLowerCase()) ? name : `${name}: ${rawHeaders[index + 1]}`);
  }
  return lines.join('\n');
}
