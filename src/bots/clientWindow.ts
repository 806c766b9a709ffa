/**
 * What one client did lately, this request included. A snapshot: later requests do not change it. *Address*: an IPv4
 * address or the /64 of an IPv6 one. *Client*: one user agent with one TLS stack at an address; see
 * docs/decisions/2026-11-24-one-client-over-all-workers.md. Shares are NaN while there is nothing to have a share of.
 * Known means: since the first request, unless an hour passed without any.
 */
export interface ClientWindow {
  /** The address's requests of the last 5 to 10 seconds. */
  readonly requests10s: number;
  /** The address's requests of the last 55 to 60 seconds, as is everything named `60s`. */
  readonly requests60s: number;
  /** The address's requests of the last 55 to 60 minutes. */
  readonly requests1h: number;
  readonly clientRequests60s: number;
  readonly clientRequests1h: number;
  /** The client's, as is all that follows unless it says otherwise. */
  readonly documents60s: number;
  /** Estimate of different paths over one to two minutes; exact when small, ends near 620. */
  readonly distinctPaths60s: number;
  /** The same since the client is known; ends near 1,420. */
  readonly distinctPaths: number;
  /** Share of images, styles, scripts, fonts and media. */
  readonly assetShare60s: number;
  /** Those per request of any other kind, since the client is known. */
  readonly assetsPerView: number;
  /** Share of responses of 400 and above. */
  readonly errorShare60s: number;
  /** The same since the client is known. */
  readonly errorShare: number;
  /** Share of requests, from the client's second on, that carried a cookie. */
  readonly cookieShare60s: number;
  /** Of the requests behind an answer that set a cookie: the share that carried one. */
  readonly cookieKeptShare: number;
  /** Of the requests with a Referer of the same host: the share whose page was among the last 16 that it asked for. */
  readonly knownRefererShare: number;
  /** Of the requests that are no assets, from the second on: the share without a Referer. */
  readonly viewsWithoutRefererShare: number;
  /** Of such requests whose targets differ in the last number alone: the share in which it is one more or one less. */
  readonly sequentialShare: number;
  /** Of such requests, from the second on: the share that goes on below or beside the one before. */
  readonly walkShare: number;
  /** Standard deviation over mean of the pauses between requests, newer ones weighing more; NaN before the fourth request. */
  readonly intervalVariation: number;
  /** The same from the start of one burst (pauses up to 250 ms) to the start of the next; NaN before the fourth burst. */
  readonly burstVariation: number;
  /** Mean of those in seconds; NaN before the second burst. */
  readonly burstPauseS: number;
  /** Requests per burst. */
  readonly burstSize: number;
  readonly headShare: number;
  readonly postShare: number;
  readonly optionsShare: number;
  /** How often its Accept-Language or its platform hint was another one than before. */
  readonly attributeChanges: number;
  /** Of the address; at most 8 are told apart. */
  readonly distinctUserAgents: number;
  /** Of the address, by the cipher part of JA4; at most 4, 0 where TLS was not seen. */
  readonly distinctHandshakes: number;
  /** Of the address; at most 8. */
  readonly distinctLanguages: number;
  /** It asked for /robots.txt. */
  readonly hasReadRobots: boolean;
  /** Seconds since the address was first seen. */
  readonly ageS: number;
  readonly clientAgeS: number;
}
