import type { OwnError } from '../../contract/reasons/answerReasons.ts';
import type { BodySource, ResponseHead, Tunnel } from '../exchange/bodies.ts';
import type { Endpoint } from './endpoint.ts';
import type { HttpUpstream } from './httpUpstream.ts';
import type { Loss, OriginCall, OriginConnection } from './originConnection.ts';
import type { UpstreamOutcome } from './originGroup.ts';
import type { UpstreamCall, UpstreamEvents, UpstreamRequest } from './upstream.ts';

const errorOf: Readonly<Record<Loss, OwnError>> = {
  'connect-failed': 'upstream-connect-failed',
  'connect-timeout': 'upstream-connect-timeout',
  closed: 'upstream-closed',
  malformed: 'upstream-malformed',
};

/** RFC 9110 section 9.2.2, those that mean something without a body. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

/** One request to a site's origins: over one connection or, after a stale or failing one, over several in turn. */
export class HttpCall implements UpstreamCall, OriginCall {
  readonly #upstream: HttpUpstream;
  readonly #request: UpstreamRequest;
  readonly #events: UpstreamEvents;
  #endpoint: Endpoint | undefined;
  #connection: OriginConnection | undefined;
  #failed: Set<Endpoint> | undefined;
  #attempts = 0;
  #startedMs = 0;
  #status: number | null = null;
  #wasStale = false;
  #isBodySent = false;
  #isOver = false;

  constructor(upstream: HttpUpstream, request: UpstreamRequest, events: UpstreamEvents) {
    this.#upstream = upstream;
    this.#request = request;
    this.#events = events;
  }

  start(): void {
    const endpoint = this.#request.group.pick();
    if (endpoint === undefined) {
      this.#isOver = true;
      setImmediate(() => this.#events.onNoAnswer('upstream-busy', 'every origin has as many requests as it may'));
      return;
    }
    this.#attempt(endpoint, false);
  }

  // The request's body.

  write(bytes: Buffer): boolean {
    const writer = this.#connection?.writer;
    if (this.#isOver || writer === undefined) return true;
    if (this.#request.body === 'chunked') writer.addChunk(bytes);
    else writer.addBytes(bytes);
    return !writer.isFull;
  }

  flush(): void {
    if (!this.#isOver) this.#connection?.writer.flush();
  }

  end(): void {
    const writer = this.#connection?.writer;
    if (this.#isOver || writer === undefined) return;
    this.#isBodySent = true;
    if (this.#request.body === 'chunked') writer.addLastChunk();
    writer.flush();
  }

  giveUp(blame: 'origin' | 'nobody'): void {
    if (this.#isOver) return;
    const connection = this.#connection;
    this.#finish(blame === 'origin' ? 'failed' : 'abandoned');
    connection?.destroy();
  }

  // Told by the connection.

  get isHead(): boolean {
    return this.#request.method === 'HEAD';
  }

  get offersUpgrade(): boolean {
    return this.#request.offersUpgrade;
  }

  get isSent(): boolean {
    return this.#isBodySent || this.#request.body === 'none';
  }

  onConnected(): void {
    this.#connection?.writer.flush();
  }

  onContinue(): void {
    if (!this.#isOver) this.#events.onContinue();
  }

  onResponse(head: ResponseHead, body: BodySource): void {
    if (this.#isOver) return;
    this.#status = head.status;
    this.#events.onResponse(head, body);
  }

  onSwitched(head: ResponseHead, tunnel: Tunnel): void {
    if (this.#isOver) return;
    this.#status = head.status;
    this.#finish('answered');
    this.#events.onSwitched(head, tunnel);
  }

  onRoom(): void {
    if (!this.#isOver) this.#events.onUpstreamRoom();
  }

  onComplete(): void {
    if (!this.#isOver) this.#finish('answered');
  }

  onLost(how: Loss, cause: string): void {
    if (this.#isOver) return;
    if (this.#status !== null) {
      // The body tells of its end.
      this.#finish('failed');
      return;
    }
    const endpoint = this.#endpoint!;
    this.#end(how === 'connect-failed' || how === 'connect-timeout' ? 'connect-failed' : 'failed');
    if (this.#retry(endpoint, how)) return;
    this.#isOver = true;
    this.#events.onNoAnswer(errorOf[how], cause);
  }

  #attempt(endpoint: Endpoint, fresh: boolean): void {
    const { group, head } = this.#request;
    this.#endpoint = endpoint;
    this.#attempts += 1;
    this.#startedMs = this.#upstream.clock.monotonicMs();
    group.onStarted(endpoint);
    const connection = this.#upstream.connectionTo(endpoint, group.upstream, fresh);
    if (connection === undefined) {
      this.#finish('abandoned');
      setImmediate(() => this.#events.onNoAnswer('upstream-busy', 'no descriptor is left for a connection'));
      return;
    }
    this.#connection = connection;
    connection.carry(this);
    connection.writer.addText(head);
    if (this.#request.body === 'none' && connection.isConnected) connection.writer.flush();
  }

  /** true: it goes on with another attempt. A body cannot be sent twice: it is not kept. */
  #retry(endpoint: Endpoint, how: Loss): boolean {
    const { group, method, body } = this.#request;
    if (body !== 'none') return false;
    const connection = this.#connection!;
    if (how === 'closed' && connection.isUnanswered && connection.carried > 0 && !this.#wasStale) {
      // RFC 9112 section 9.3.1: the origin closed a kept connection while the request was on its way.
      if (!idempotent.has(method)) return false;
      this.#wasStale = true;
      // On a connection of its own: the other kept ones may be as stale as this one.
      this.#attempt(endpoint, true);
      return true;
    }
    const wasNotSent = how === 'connect-failed' || how === 'connect-timeout';
    if (!wasNotSent && !(idempotent.has(method) && how === 'closed')) return false;
    if (this.#attempts > group.upstream.retries.max) return false;
    this.#failed ??= new Set();
    this.#failed.add(endpoint);
    const next = group.pick(this.#failed);
    if (next === undefined || !group.mayRetry()) return false;
    this.#attempt(next, false);
    return true;
  }

  #finish(outcome: UpstreamOutcome): void {
    this.#isOver = true;
    this.#end(outcome);
  }

  #end(outcome: UpstreamOutcome): void {
    const durationMs = this.#upstream.clock.monotonicMs() - this.#startedMs;
    this.#request.group.onEnded(this.#endpoint!, outcome, this.#status, durationMs);
  }
}
