import type { Handshake } from '../../http/index.ts';
import type { Rejection } from '../reasons.ts';
import type { Exchange } from './exchange.ts';
import type { TrustedPeers } from './trustedPeers.ts';

/** What was seen of a connection below HTTP; what was not seen is undefined, never a guess. */
export interface ConnectionFacts {
  readonly peerAddress: string;
  readonly scheme: 'http' | 'https';
  /** Fingerprint of the TLS handshake; undefined in the clear, and where TLS ends elsewhere. */
  readonly ja4: string | undefined;
  /** How the visitor opened HTTP/2. */
  readonly http2: string | undefined;
}

/** What of it goes with every request, unless the peer is a trusted proxy, whose own handshake says nothing of visitors. */
export function handshakeOf({ ja4, http2 }: ConnectionFacts): Handshake | null {
  return ja4 === undefined && http2 === undefined ? null : { ja4: ja4 ?? null, http2: http2 ?? null };
}

/** A visitor's connection as its listener counts it. */
export interface OpenConnection {
  /** No request is under way. */
  readonly isIdle: boolean;
  /** Requests that are open are answered; no more are taken after them. */
  drain(): void;
  /** Ends, unless a request is under way. What is answered and not written yet still goes out. */
  closeIdle(): void;
  destroy(): void;
}

/** Told by connections. None of its methods throws. */
export interface VisitorConnectionOwner {
  readonly trusted: TrustedPeers;
  /** How long the rest of an answer may wait for a visitor that reads nothing. */
  readonly bodyIdleMs: number;
  onExchange(exchange: Exchange): void;
  onRejection(reason: Rejection): void;
  /** A bug on our side of some input. */
  onFailure(error: unknown): void;
  onClosed(connection: OpenConnection): void;
}
