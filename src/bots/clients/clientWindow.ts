/** Where each figure of a window lies. */
export const windowPlaces = {
  requests10s: 0,
  requests60s: 1,
  requests1h: 2,
  clientRequests60s: 3,
  clientRequests1h: 4,
  documents60s: 5,
  distinctPaths60s: 6,
  distinctPathShare60s: 7,
  distinctPaths: 8,
  assetShare60s: 9,
  assetsPerView: 10,
  errorShare60s: 11,
  errorShare: 12,
  cookieShare60s: 13,
  cookieKeptShare: 14,
  knownRefererShare: 15,
  viewsWithoutRefererShare: 16,
  sequentialShare: 17,
  walkShare: 18,
  intervalVariation: 19,
  burstVariation: 20,
  burstPauseS: 21,
  burstSize: 22,
  headShare: 23,
  postShare: 24,
  optionsShare: 25,
  attributeChanges: 26,
  distinctUserAgents: 27,
  distinctHandshakes: 28,
  distinctLanguages: 29,
  robotsRead: 30,
  ageS: 31,
  clientAgeS: 32,
  typedShare: 33,
  scriptWithoutHints: 34,
} as const;
/** What is known of the address, whoever sits behind it. */
const addressFigures: readonly string[] = [
  ...['requests10s', 'requests60s', 'requests1h', 'ageS'],
  ...['distinctUserAgents', 'distinctHandshakes', 'distinctLanguages'],
];
/** Places of everything else. */
export const clientPlaces: readonly number[] = Object.entries(windowPlaces).flatMap(([name, place]) =>
  addressFigures.includes(name) ? [] : [place],
);
const windowFigureCount = Object.keys(windowPlaces).length;

/**
 * What one client did lately, this request included. A snapshot: later requests do not change it. *Address*: an IPv4
 * address or the /64 of an IPv6 one. *Client*: one user agent with one TLS stack at an address; see
 * docs/decisions/2026-11-24-one-client-over-all-workers.md. Shares are NaN while there is nothing to have a share of.
 * Known means: since the first request, unless an hour passed without any. Behind an address with too many clients to tell
 * apart all that is a client's own is missing: what the crowd does is nobody's.
 */
export class ClientWindow {
  /** In the order of `windowPlaces`: one behind the other, so that a feature set copies them rather than asks for each. */
  readonly figures: Float64Array;

  /** Its figures are written by whoever makes it. */
  constructor(figures: Float64Array = new Float64Array(windowFigureCount)) {
    this.figures = figures;
  }

  /** The address's requests of the last 5 to 10 seconds. */
  get requests10s(): number {
    return this.figures[windowPlaces.requests10s]!;
  }

  /** The address's requests of the last 55 to 60 seconds, as is everything named `60s`. */
  get requests60s(): number {
    return this.figures[windowPlaces.requests60s]!;
  }

  /** The address's requests of the last 55 to 60 minutes. */
  get requests1h(): number {
    return this.figures[windowPlaces.requests1h]!;
  }

  get clientRequests60s(): number {
    return this.figures[windowPlaces.clientRequests60s]!;
  }

  get clientRequests1h(): number {
    return this.figures[windowPlaces.clientRequests1h]!;
  }

  /** The client's, as is all that follows unless it says otherwise. */
  get documents60s(): number {
    return this.figures[windowPlaces.documents60s]!;
  }

  /** Estimate of different paths over one to two minutes; exact when small, ends near 620. */
  get distinctPaths60s(): number {
    return this.figures[windowPlaces.distinctPaths60s]!;
  }

  /** Those per request of the client, at most 1. */
  get distinctPathShare60s(): number {
    return this.figures[windowPlaces.distinctPathShare60s]!;
  }

  /** The same since the client is known; ends near 1,420. */
  get distinctPaths(): number {
    return this.figures[windowPlaces.distinctPaths]!;
  }

  /** Share of images, styles, scripts, fonts and media. */
  get assetShare60s(): number {
    return this.figures[windowPlaces.assetShare60s]!;
  }

  /** Those per request of any other kind, since the client is known. */
  get assetsPerView(): number {
    return this.figures[windowPlaces.assetsPerView]!;
  }

  /** Share of responses of 400 and above. */
  get errorShare60s(): number {
    return this.figures[windowPlaces.errorShare60s]!;
  }

  /** The same since the client is known. */
  get errorShare(): number {
    return this.figures[windowPlaces.errorShare]!;
  }

  /** Share of requests, from the client's second on, that carried a cookie. */
  get cookieShare60s(): number {
    return this.figures[windowPlaces.cookieShare60s]!;
  }

  /** Of the requests behind an answer that set a cookie: the share that carried one. */
  get cookieKeptShare(): number {
    return this.figures[windowPlaces.cookieKeptShare]!;
  }

  /** Of the requests with a Referer of the same host: the share whose page was among the last 16 that it asked for. */
  get knownRefererShare(): number {
    return this.figures[windowPlaces.knownRefererShare]!;
  }

  /** Of the requests that are no assets, from the second on: the share without a Referer. */
  get viewsWithoutRefererShare(): number {
    return this.figures[windowPlaces.viewsWithoutRefererShare]!;
  }

  /** Of the pages, from the second on: the share opened by address and from no page, weighed as if two more had not been. */
  get typedShare(): number {
    return this.figures[windowPlaces.typedShare]!;
  }

  /** Of such requests whose targets differ in the last number alone: the share in which it is one more or one less. */
  get sequentialShare(): number {
    return this.figures[windowPlaces.sequentialShare]!;
  }

  /** Of such requests, from the second on: the share that goes on below or beside the one before. */
  get walkShare(): number {
    return this.figures[windowPlaces.walkShare]!;
  }

  /** Standard deviation over mean of the pauses between requests, newer ones weighing more; NaN before the fourth request. */
  get intervalVariation(): number {
    return this.figures[windowPlaces.intervalVariation]!;
  }

  /** The same from the start of one burst (pauses up to 250 ms) to the start of the next; NaN before the fourth burst. */
  get burstVariation(): number {
    return this.figures[windowPlaces.burstVariation]!;
  }

  /** Mean of those in seconds; NaN before the second burst. */
  get burstPauseS(): number {
    return this.figures[windowPlaces.burstPauseS]!;
  }

  /** Requests per burst. */
  get burstSize(): number {
    return this.figures[windowPlaces.burstSize]!;
  }

  get headShare(): number {
    return this.figures[windowPlaces.headShare]!;
  }

  get postShare(): number {
    return this.figures[windowPlaces.postShare]!;
  }

  get optionsShare(): number {
    return this.figures[windowPlaces.optionsShare]!;
  }

  /** How often its Accept-Language or its platform hint was another one than before. */
  get attributeChanges(): number {
    return this.figures[windowPlaces.attributeChanges]!;
  }

  /** Of the address; at most 8 are told apart. */
  get distinctUserAgents(): number {
    return this.figures[windowPlaces.distinctUserAgents]!;
  }

  /** Of the address, by the cipher part of JA4; at most 4, 0 where TLS was not seen. */
  get distinctHandshakes(): number {
    // As a figure it is missing then.
    return this.figures[windowPlaces.distinctHandshakes]! || 0;
  }

  /** Of the address; at most 8. */
  get distinctLanguages(): number {
    return this.figures[windowPlaces.distinctLanguages]!;
  }

  /** 1 when it asked for a script without the client hints that a Chromium which runs scripts sends, else 0. */
  get scriptWithoutHints(): number {
    return this.figures[windowPlaces.scriptWithoutHints]!;
  }

  /** It asked for /robots.txt. */
  get hasReadRobots(): boolean {
    return this.figures[windowPlaces.robotsRead] === 1;
  }

  /** Seconds since the address was first seen. */
  get ageS(): number {
    return this.figures[windowPlaces.ageS]!;
  }

  get clientAgeS(): number {
    return this.figures[windowPlaces.clientAgeS]!;
  }
}
