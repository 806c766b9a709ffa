import type { Handshake } from './handshake.ts';

/** A request's head as everything above the codec sees it. Header names keep their case and order for `bots`. */
export interface RequestHead {
  readonly method: string;
  /** The request target in origin form, as sent. */
  readonly target: string;
  /** Target up to the first `?`. */
  readonly path: string;
  /** Target behind the first `?`, without it; empty when there is none. */
  readonly query: string;
  readonly version: '1.0' | '1.1' | '2';
  /** Name, value, name, value ... as sent. */
  readonly rawHeaders: readonly string[];
  /** One number per header line: that of its name (`fieldNames.ts`), 0 for a name that means nothing here. */
  readonly fieldNumbers: readonly number[];
  /** Lower-case name → value, several joined with `, ` (`; ` for Cookie). Has no prototype. Made when first asked for. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** HTTP/2's `:authority`, as sent. */
  readonly authority?: string;
  /** Host without port, lower case; empty when the request named none. */
  readonly host: string;
  readonly scheme: 'http' | 'https';
  /** Address of the visitor, after trusted proxies were taken into account. */
  readonly clientAddress: string;
  /** null in the clear, and where TLS ends before us (a trusted proxy): the connection is not the visitor's then. */
  readonly handshake: Handshake | null;
  /**
   * A proxy that the edge trusts sent it: the order and spelling of names, how many there are, the version, what concerns the connection
   * and what the proxy can store (Accept-Encoding) are its own then, and say nothing of the visitor.
   */
  readonly isRelayed: boolean;
}
