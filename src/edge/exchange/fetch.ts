import type { OwnError } from '../../contract/reasons/answerReasons.ts';
import type { BodySource, ResponseHead } from './bodies.ts';

/**
 * A question to a site's origins that no visitor waits for, or more than one: a fill of the cache, a revalidation, a sign-in
 * service. It has no body, and it ends with its owner, not with a visitor.
 */
export interface FetchRequest {
  readonly site: string;
  readonly method: 'GET' | 'HEAD';
  /** Path and query as they go out. */
  readonly target: string;
  /** Besides what frames the message; `Host` among them. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** How it goes on; exactly one of the two is called, once. None of them throws. */
export interface FetchEvents {
  /** The body flows when the owner takes it; until then the origin waits, at most as long as between two pieces. */
  onAnswer(head: ResponseHead, body: BodySource): void;
  onNoAnswer(error: OwnError, cause: string): void;
}

export interface Fetch {
  /** Nobody wants it any more. Harmless when it is over. */
  giveUp(): void;
}

/** undefined: there is no such site. */
export type FetchFromOrigin = (request: FetchRequest, events: FetchEvents) => Fetch | undefined;
