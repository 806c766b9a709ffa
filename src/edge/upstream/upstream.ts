import type { OwnError } from '../../contract/reasons/answerReasons.ts';
import type { BodySource, BodyWriter, ResponseHead, Tunnel } from '../exchange/bodies.ts';
import type { OriginGroup } from './originGroup.ts';

/** A request on its way to one of a site's origins. */
export interface UpstreamRequest {
  readonly group: OriginGroup;
  readonly method: string;
  /** Start line and fields, whole; one character per octet. */
  readonly head: string;
  readonly body: 'none' | 'sized' | 'chunked';
  /** The head offers an upgrade; without it a 101 is a mistake of the origin. */
  readonly offersUpgrade: boolean;
}

/** How a request to an origin goes on. After `onNoAnswer` nothing follows. None of them throws. */
export interface UpstreamEvents {
  /** The origin wants the body of a request that expects it to say so. */
  onContinue(): void;
  /** A response without a body has a source that ends at once. */
  onResponse(head: ResponseHead, body: BodySource): void;
  /** The origin took the offered upgrade. */
  onSwitched(head: ResponseHead, tunnel: Tunnel): void;
  /** There is room again after `write` said false. */
  onUpstreamRoom(): void;
  /** No response will come. Breaking off in the middle of one is told by its body. */
  onNoAnswer(error: OwnError, cause: string): void;
}

/** A request that is under way; the body follows through it. Its methods are harmless when it is over. */
export interface UpstreamCall extends BodyWriter {
  /** Ends it. `blame`: whether the origin's slowness is the reason, which counts against it. */
  giveUp(blame: 'origin' | 'nobody'): void;
}

/** The origins' side: this is all that the request phases know of it, whichever codec is below. */
export interface Upstream {
  /** Sends the head. Never throws; a failure is told later. */
  send(request: UpstreamRequest, events: UpstreamEvents): UpstreamCall;
}
