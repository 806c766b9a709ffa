import { hostSource } from './host.ts';
import { siteLimits } from './limits.ts';
import { isReachableHost } from './origin.ts';

/** Visible ASCII but `#`, `*` and what browsers rewrite or take for a slash. */
const fromPattern = /^\/[!$-)+->@-[\]-~]*\*?$/;
const toPattern = new RegExp(`^(?:/|https?://(${hostSource})(?::([1-9][0-9]{0,4}))?/)[!$-)+-[\\]-~]*\\*?$`);

export const redirectStatuses = [301, 302, 307, 308] as const;
export type RedirectStatus = (typeof redirectStatuses)[number];

/** What is wrong with one redirect; undefined: nothing. */
export function redirectFault(from: string, to: string): string | undefined {
  const { redirectCharsMax } = siteLimits;
  if (from.length > redirectCharsMax || to.length > redirectCharsMax) {
    return `"from" and "to" have at most ${redirectCharsMax} characters`;
  }
  if (!fromPattern.test(from)) return '"from" must be a path, or the beginning of one and a * at its end';
  const [whole, host, port = '1'] = toPattern.exec(to) ?? [];
  if (whole === undefined || to.startsWith('//')) return '"to" must be a path or read http(s)://host/…';
  if (host !== undefined && (!isReachableHost(host) || Number(port) > 65_535))
    return '"to" names no valid host and port';
  if (!to.endsWith('*')) return undefined;
  if (!from.endsWith('*')) return '"to" ends in *, and "from" does not';
  return to.includes('?') ? '"to" has a query, and * stands for a piece of a path' : undefined;
}

export interface RedirectTarget {
  readonly status: RedirectStatus;
  /** Value of `Location`: visible ASCII, and never to a host that `to` does not name. */
  readonly location: string;
}

/** A redirect with all that it leaves unsaid. */
export interface WholeRedirect {
  readonly from: string;
  readonly to: string;
  readonly status: RedirectStatus;
}

interface Prepared {
  readonly from: string;
  readonly to: string;
  readonly status: RedirectStatus;
  readonly takesRest: boolean;
}

/** The redirects of a site, read once. They passed `redirectFault`. Asked once per request; never throws. */
export class RedirectTable {
  readonly #exact = new Map<string, Prepared>();
  /** The longest first. */
  readonly #prefixes: readonly Prepared[];

  constructor(redirects: readonly WholeRedirect[]) {
    const prefixes: Prepared[] = [];
    for (const { from, to, status } of redirects) {
      const takesRest = to.endsWith('*');
      const prepared = { from: withoutStar(from), to: withoutStar(to), status, takesRest };
      if (from.endsWith('*')) prefixes.push(prepared);
      else this.#exact.set(from, prepared);
    }
    this.#prefixes = prefixes.sort((a, b) => b.from.length - a.from.length);
  }

  get isEmpty(): boolean {
    return this.#exact.size === 0 && this.#prefixes.length === 0;
  }

  /** `path` and `query` as they were sent, the query without its `?`. */
  find(path: string, query: string): RedirectTarget | undefined {
    const found = this.#exact.get(path) ?? this.#prefixes.find(({ from }) => path.startsWith(from));
    if (found === undefined) return undefined;
    let location = found.takesRest ? found.to + escaped(path.slice(found.from.length)) : found.to;
    // `//host` and what browsers take for it would leave the site at a visitor's word.
    if (location.startsWith('//')) location = location.replace(/^\/+/, '/');
    if (query !== '' && !location.includes('?')) location += `?${escaped(query)}`;
    return { status: found.status, location };
  }

  /** The first redirect of the list that sends a visitor round and round within the site, or on too often. */
  static loop(redirects: readonly WholeRedirect[]): string | undefined {
    const table = new RedirectTable(redirects);
    return redirects.find(({ to }) => table.#hopsFrom(pathOf(withoutStar(to))) > siteLimits.redirectHopsMax)?.from;
  }

  #hopsFrom(start: string): number {
    let path = start;
    let hops = 1;
    while (path.startsWith('/') && hops <= siteLimits.redirectHopsMax) {
      const next = this.find(path, '');
      if (next === undefined) return hops;
      path = pathOf(next.location);
      hops += 1;
    }
    return hops;
  }
}

function withoutStar(text: string): string {
  return text.endsWith('*') ? text.slice(0, -1) : text;
}

function pathOf(location: string): string {
  return location.split('?', 1)[0]!;
}

/** What cannot stand in a URI (RFC 3986 section 2) as its octets; a backslash counts as a slash in browsers. */
function escaped(text: string): string {
  return text.replace(
    /[^!$-;=?-[\]_a-z~]/g,
    (char) => `%${(char.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
