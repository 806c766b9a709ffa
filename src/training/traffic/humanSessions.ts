import type { Chance } from '../../kernel/chance.ts';
import { browserHeaders, type Load } from './browserHeaders.ts';
import { type BrowserProfile, drawProfile, type ProfileSource } from './browserProfile.ts';
import { drawPersonsOpening, overConnection } from './handshakes.ts';
import type { Session, SessionRequest } from './session.ts';
import { type LoadKind, makeSite, type SiteModel } from './siteModel.ts';

export interface Surroundings {
  readonly scheme: 'http' | 'https';
  readonly loopback: boolean;
}

/** Half of the web's visits in training go without fetch metadata: plain http to a name is no sign of a bot. */
export function drawSurroundings(chance: Chance): Surroundings {
  return chance.weighted([
    [4, { scheme: 'https', loopback: false }],
    [3, { scheme: 'http', loopback: true }],
    [4, { scheme: 'http', loopback: false }],
  ]);
}

/** A person looks at a few pages: bursts of what a page needs, then time to read. */
export function makeHumanSession(chance: Chance, source: ProfileSource): Session {
  const profile = drawProfile(chance, source);
  const surroundings = drawSurroundings(chance);
  const site = makeSite(chance, surroundings.loopback);
  const visit = new Visit(chance, profile, site, surroundings);
  const pages = chance.weighted([
    [4, 1],
    [3, 2],
    [2, 4],
    [1, 7],
  ]);
  for (let page = 0; page < pages; page++) visit.openPage(page === 0);
  return {
    family: profile.family,
    label: 'human',
    source: 'made',
    pasted: false,
    ...surroundings,
    requests: overConnection(
      visit.requests.sort((left, right) => left.afterMs - right.afterMs),
      drawPersonsOpening(chance, profile, surroundings.scheme),
      profile,
    ),
  };
}

/** What one browser does on one site; also used for programs that imitate a browser's headers. */
export class Visit {
  readonly requests: SessionRequest[] = [];
  readonly #chance: Chance;
  readonly #profile: BrowserProfile;
  readonly #site: SiteModel;
  readonly #secure: boolean;
  readonly #prefix: string;
  readonly #habits: {
    readonly jsonAccept: boolean;
    readonly images: number;
    readonly scripts: number;
    readonly calls: number;
  };
  readonly #givesCookies: boolean;
  /** Of this person: how long a page is looked at, and how often one is opened by its address. */
  readonly #pace: { readonly readMs: number; readonly typed: number };
  #nowMs = 0;
  #cookie: string | undefined;
  #page: string | undefined;

  constructor(chance: Chance, profile: BrowserProfile, site: SiteModel, surroundings: Surroundings) {
    this.#chance = chance;
    this.#profile = profile;
    this.#site = site;
    this.#secure = surroundings.scheme === 'https' || surroundings.loopback;
    this.#prefix = `${surroundings.scheme}://{host}`;
    this.#habits = {
      jsonAccept: chance.happens(0.5),
      images: chance.whole(0, 14),
      scripts: profile.scripts ? chance.whole(0, 6) : 0,
      calls: profile.scripts
        ? chance.weighted([
            [3, 0],
            [3, 2],
            [1, 8],
          ])
        : 0,
    };
    this.#pace = {
      readMs: chance.weighted([
        [1, 700],
        [2, 2_500],
        [5, 9_000],
      ]),
      typed: chance.weighted([
        [6, 0.04],
        [1, 0.4],
      ]),
    };
    this.#givesCookies = chance.happens(0.7);
    if (profile.cookies && chance.happens(0.35)) this.#cookie = this.#newCookie();
  }

  /** `isScripted`: opened by its address, as scripts do, where a person would have followed a link. */
  openPage(isFirst: boolean, isScripted = false): void {
    const chance = this.#chance;
    if (!isFirst) this.#nowMs += chance.skewed(this.#pace.readMs, 1.1);
    const isTyped = isScripted || (isFirst ? chance.happens(0.5) : chance.happens(this.#pace.typed));
    const sendsForm = !isFirst && !isScripted && chance.happens(0.15);
    const isReload = !isFirst && !isScripted && !sendsForm && chance.happens(0.1);
    const target = isReload && this.#page !== undefined ? this.#page : this.#site.pagePath();
    this.#send(sendsForm ? 'form' : 'document', sendsForm ? target.split('?')[0]! : target, {
      method: sendsForm ? 'POST' : 'GET',
      bodyBytes: sendsForm ? chance.whole(8, 600) : 0,
      multipart: chance.happens(0.25),
      referer: isTyped || isReload ? undefined : isFirst ? this.#foreignReferer() : this.#referer(),
      site: isTyped || isReload ? (isReload ? 'same-origin' : 'none') : isFirst ? 'cross-site' : 'same-origin',
      origin: sendsForm ? this.#prefix : undefined,
      userActivated: isScripted || chance.happens(0.9),
      reload: isReload,
      revalidates: isReload && chance.happens(0.4),
    });
    this.#page = target;
    if (this.#givesCookies) this.#noteCookie();
    if (this.#profile.cookies && this.#givesCookies) this.#cookie ??= this.#newCookie();
    this.#loadAssets(isFirst);
    this.#callApi();
  }

  /** The page that was just answered came with a cookie, whether the person's browser keeps it or not. */
  #noteCookie(): void {
    const page = this.requests.at(-1);
    if (page !== undefined) this.requests[this.requests.length - 1] = { ...page, setsCookie: true };
  }

  #loadAssets(isFirst: boolean): void {
    const chance = this.#chance;
    const share = isFirst ? 1 : chance.next() * 0.5;
    const kinds: LoadKind[] = [];
    const add = (kind: LoadKind, most: number) => {
      for (let count = Math.round(most * share); count > 0; count--) kinds.push(kind);
    };
    add('style', chance.whole(0, 3));
    add(chance.happens(0.25) ? 'module' : 'script', this.#habits.scripts);
    add('image', this.#habits.images);
    add('font', chance.whole(0, 2));
    if (isFirst && chance.happens(0.7)) kinds.push('icon');
    if (isFirst && chance.happens(0.15)) kinds.push('manifest');
    if (chance.happens(0.06)) kinds.push('media');
    if (chance.happens(0.06)) kinds.push('frame');
    const startMs = this.#nowMs + chance.skewed(70, 0.5);
    for (const kind of kinds) {
      this.#nowMs = startMs + chance.skewed(60, 1);
      this.#send(kind, this.#site.assetPath(kind), {
        origin: kind === 'font' || kind === 'module' ? this.#prefix : undefined,
        revalidates: chance.happens(0.06),
      });
    }
    this.#nowMs = startMs + 200;
  }

  #callApi(): void {
    const chance = this.#chance;
    const calls = Math.round(this.#habits.calls * chance.next());
    for (let call = 0; call < calls; call++) {
      this.#nowMs += chance.skewed(call === 0 ? 120 : 900, 1.3);
      const kind = chance.weighted<LoadKind>([
        ...([
          [5, 'fetch'],
          [3, 'fetch-json'],
          [2, 'xhr'],
          [2, 'post-json'],
          [1, 'beacon'],
          [0.5, 'change'],
        ] as const),
        [0.3, 'events'],
      ]);
      const sends = kind === 'post-json' || kind === 'beacon' || (kind === 'change' && chance.happens(0.6));
      this.#send(kind, this.#site.assetPath(kind), {
        method: kind === 'change' ? chance.pick(['PUT', 'PATCH', 'DELETE']) : sends ? 'POST' : 'GET',
        bodyBytes: sends ? chance.whole(2, 900) : 0,
        origin: sends || kind === 'change' ? this.#prefix : undefined,
        scriptHeaders: this.#scriptHeaders(kind),
      });
    }
  }

  #scriptHeaders(kind: LoadKind): Load['scriptHeaders'] {
    const headers: [string, string][] = [];
    if (kind === 'fetch-json')
      headers.push(['Accept', this.#habits.jsonAccept ? 'application/json' : 'application/json, text/plain, */*']);
    if (kind === 'xhr') headers.push(['X-Requested-With', 'XMLHttpRequest']);
    if (kind === 'post-json' || kind === 'change') headers.push(['content-type', 'application/json']);
    if (kind !== 'fetch' && kind !== 'beacon' && kind !== 'events' && this.#chance.happens(0.12)) {
      headers.push(
        this.#chance.pick([
          ['Authorization', 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.x'],
          ['X-CSRF-Token', '8f14e45f'],
          ['x-request-id', 'b7'],
        ]),
      );
    }
    return headers;
  }

  #send(kind: LoadKind, target: string, given: Partial<Load>): void {
    const load: Load = {
      kind,
      method: 'GET',
      bodyBytes: 0,
      multipart: false,
      referer: this.#referer(),
      origin: undefined,
      site: 'same-origin',
      userActivated: false,
      reload: false,
      cookie: this.#cookie,
      revalidates: false,
      scriptHeaders: [],
      ...given,
    };
    this.requests.push({
      afterMs: Math.round(this.#nowMs),
      method: load.method,
      target,
      version: '1.1',
      rawHeaders: browserHeaders(this.#profile, load, { secure: this.#secure }),
      status: load.revalidates ? 304 : this.#chance.happens(0.02) ? 404 : 200,
    });
  }

  /** `undefined` where the person's settings keep it back. */
  #referer(): string | undefined {
    if (this.#profile.referer === 'never' || this.#page === undefined) return undefined;
    return this.#profile.referer === 'origin' ? `${this.#prefix}/` : `${this.#prefix}${this.#page}`;
  }

  #foreignReferer(): string | undefined {
    if (this.#profile.referer === 'never') return undefined;
    return this.#chance.weighted<string | undefined>([
      [5, 'https://www.google.com/'],
      [1, 'https://www.bing.com/'],
      [1, 'https://duckduckgo.com/'],
      [2, 'https://news.example/'],
      [2, undefined],
    ]);
  }

  #newCookie(): string {
    const one = () =>
      `${this.#chance.pick(['sid', 'session', '_ga', 'PHPSESSID', 'consent', 'theme', 'lang'])}=${this.#chance.next().toString(36).slice(2)}`;
    return Array.from({ length: this.#chance.whole(1, 4) }, one).join('; ');
  }
}
