/** What one client did lately, this request included. A snapshot: later requests do not change it. */
export interface ClientWindow {
  /** Requests of the last 5 to 10 seconds. */
  readonly requests10s: number;
  /** Requests of the last 55 to 60 seconds, as is everything named `60s`. */
  readonly requests60s: number;
  readonly documents60s: number;
  /** Estimate of different paths over one to two minutes; exact when small, ends near 620. */
  readonly distinctPaths60s: number;
  /** Share of images, styles, scripts, fonts and media. */
  readonly assetShare60s: number;
  /** Share of responses of 400 and above; NaN before the first response was recorded. */
  readonly errorShare60s: number;
  /** Share of requests, from the client's second on, that carried a cookie; NaN for the first. */
  readonly cookieShare60s: number;
  /**
   * Of the requests with a Referer of the same host since the client is known: the share whose page was among the last 16
   * that it asked for; NaN without any.
   */
  readonly knownRefererShare: number;
  /** Different user agents since the client is known; at most 8 are told apart. */
  readonly distinctUserAgents: number;
  /** Standard deviation over mean of the pauses between requests, newer ones weighing more; NaN before the fourth request. */
  readonly intervalVariation: number;
  /** Seconds since the client was first seen. */
  readonly ageS: number;
}
