/**
 * How the visitor's own software opened the connection that a request came on. One object serves all requests of a
 * connection. What was not seen is null, never a guess.
 */
export interface Handshake {
  /** JA4 of the ClientHello, 36 characters; null in the clear. */
  readonly ja4: string | null;
  /** SETTINGS, window, priorities and pseudo-headers of HTTP/2, in Akamai's form; null for HTTP/1.1. */
  readonly http2: string | null;
}
