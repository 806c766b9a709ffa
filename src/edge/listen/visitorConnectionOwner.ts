import type { Rejection } from '../../contract/reasons/answerReasons.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { TrustedPeers } from './trustedPeers.ts';

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
