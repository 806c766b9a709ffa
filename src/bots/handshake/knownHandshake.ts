/** Whose software opens connections like this: an engine of browsers (`chromium`, `gecko`, `webkit`) or a tool's name. */
export type Opener = string;

/** ClientHellos that differ only in what one client varies by itself. */
export interface KnownTls {
  readonly who: Opener;
  /** Major versions of the browser that may open like this, both ends included; 0 and 9999: no end is known. Tools: 0 to 9999. */
  readonly from: number;
  readonly to: number;
  /** Highest TLS version in the form of JA4, then the hash of the cipher suites. */
  readonly version: string;
  readonly suites: string;
  /** JA4's hashes of extensions and signature algorithms: a session taken up again, padding, no HTTP/2 offered ... */
  readonly extensions: readonly string[];
}

export interface KnownHttp2 {
  readonly who: Opener;
  readonly from: number;
  readonly to: number;
  /** Settings, window, priorities and pseudo-headers, as `src/http2/opening.ts` writes them. */
  readonly opening: string;
}

/** Header orders of one engine's browsers: names of `headerOrder.ts`, as sent. */
export interface KnownOrder {
  readonly who: Opener;
  readonly version: '1.1' | '2';
  readonly names: string;
}
