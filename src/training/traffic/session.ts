import type { Handshake } from '../../http/handshake.ts';

/** A request of a session, as it stands on the wire. `{host}` in a header's value stands for the site's authority. */
export interface SessionRequest {
  /** Since the session's start. */
  readonly afterMs: number;
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1' | '2';
  readonly rawHeaders: readonly string[];
  readonly status: number;
  /** Of the connection that it came on; null or left away in the clear and where TLS ended elsewhere. */
  readonly handshake?: Handshake | null;
  /** The answer gave the client a cookie. */
  readonly setsCookie?: boolean;
}

/** Who sat behind a session, and how we know. */
export interface SessionOrigin {
  /** Kind of client, e.g. `curl` or `chrome`; held-out evaluation leaves out one at a time. */
  readonly family: string;
  readonly label: 'human' | 'bot';
  /**
   * How the session came about: recorded from a real client, made up from facts about it, or found in an operator's log, where
   * what it did tells who it was.
   */
  readonly source: 'recorded' | 'made' | 'log';
}

/** What one client did in a row, and who sat behind it. */
export interface Session extends SessionOrigin {
  readonly source: 'recorded' | 'made';
  /** The user agent was replaced by a browser's. */
  readonly pasted: boolean;
  readonly scheme: 'http' | 'https';
  /** The site's host name is one of this machine's, to which browsers send fetch metadata without TLS. */
  readonly loopback: boolean;
  /** Of recorded sessions: the program, e.g. `python httpx-h2`, and what it was made to do. */
  readonly client?: string;
  readonly behaviour?: string;
  readonly requests: readonly SessionRequest[];
}
