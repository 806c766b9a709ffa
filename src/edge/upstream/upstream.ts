import type { Origin } from '../../bundles/index.ts';
import type { BodySource, BodyWriter, ResponseHead, Tunnel } from '../bodies.ts';
import type { OwnError } from '../reasons.ts';

/** A request on its way to an origin; headers as name, value, name, value …, complete. */
export interface UpstreamRequest {
  readonly origin: Origin;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly hasBody: boolean;
  /** The headers offer an upgrade; without it a 101 is a mistake of the origin. */
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

/** The origins' side: this is all that the request phases know of it, whichever codec is below. */
export interface Upstream {
  /** Sends the head; the body follows through the writer. Never throws; a failure is told later. */
  send(request: UpstreamRequest, events: UpstreamEvents): BodyWriter;
}
