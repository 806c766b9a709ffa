import type { RequestHead } from '../../http/requestHead.ts';
import type { BodySource, BodyWriter, ResponseHead, Tunnel } from './bodies.ts';
import type { ConnectionFacts } from './connectionFacts.ts';

/**
 * One request and its answer, as the codec hands it up: everything above this interface is free of sockets and of the
 * codec in use. Each exchange is answered once, by `respond` or `respondWhole`, or aborted.
 */
export interface Exchange {
  readonly head: RequestHead;
  /** Address of the peer of this connection, which may be a proxy that is trusted. */
  readonly peerAddress: string;
  readonly isPeerTrusted: boolean;
  readonly connection: ConnectionFacts;
  /** null: the request has no body. */
  readonly body: BodySource | null;
  /** The visitor waits for `sendContinue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** The visitor offers to go on with another protocol than HTTP; only `websocket` gets as far as here. */
  readonly upgrade: string | null;
  sendContinue(): void;
  respond(head: ResponseHead, events: ResponseEvents): BodyWriter;
  respondWhole(head: ResponseHead, body: string): void;
  /** Answers an offered upgrade with 101; the connection is the tunnel's from then on. */
  switchProtocols(head: ResponseHead): Tunnel;
  /** Tells when the visitor is gone before the answer was complete. At most one listener. */
  onAbandoned(listener: () => void): void;
  /** Ends the connection. */
  abort(): void;
}

export interface ResponseEvents {
  /** There is room again after `write` said false. */
  onVisitorRoom(): void;
}
