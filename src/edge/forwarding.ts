import type { Origin } from '../bundles/index.ts';
import type { BodySink, BodySource, BodyWriter, ResponseHead, Tunnel } from './bodies.ts';
import { joinTunnels } from './joinTunnels.ts';
import type { Exchange, ResponseEvents } from './listen/exchange.ts';
import type { OwnError } from './reasons.ts';
import { headersToOrigin } from './upstream/requestHeaders.ts';
import { headersToVisitor } from './upstream/responseHeaders.ts';
import type { Upstream, UpstreamEvents } from './upstream/upstream.ts';

/** The waits of an exchange, out of `edgeLimits`; tests shorten them. */
export interface ForwardingTimes {
  readonly answerMs: number;
  readonly bodyIdleMs: number;
  readonly continueMs: number;
  readonly tunnelIdleMs: number;
}

/** How a forwarded exchange ended; told once. */
export interface ForwardingEvents {
  /** The origin's head is on its way to the visitor. */
  onAnswered(status: number): void;
  /** The whole answer was handed over. */
  onComplete(): void;
  /** No answer from the origin, none sent yet: the visitor is owed one. */
  onFailed(error: OwnError, cause: string): void;
  /** The visitor left, or the answer broke off in the middle; its connection is gone. */
  onBroken(by: 'visitor' | 'origin'): void;
}

/**
 * One request on its way to an origin and the answer on its way back. Each body flows as fast as its reader reads; each
 * wait has an end. Ends with exactly one of the events; afterwards it does nothing.
 */
export class Forwarding implements UpstreamEvents, ResponseEvents, BodySink {
  readonly #exchange: Exchange;
  readonly #upstream: Upstream;
  readonly #times: ForwardingTimes;
  readonly #events: ForwardingEvents;
  #call: BodyWriter | undefined;
  #answer: BodySource | undefined;
  #writer: BodyWriter | undefined;
  #timer: NodeJS.Timeout | undefined;
  #continueTimer: NodeJS.Timeout | undefined;
  /** none: no body to send or all of it sent; held: waits for the origin's 100. */
  #upload: 'none' | 'held' | 'flowing' | 'paused' = 'none';
  #isAnswerPaused = false;
  #isOver = false;

  constructor(exchange: Exchange, upstream: Upstream, times: ForwardingTimes, events: ForwardingEvents) {
    this.#exchange = exchange;
    this.#upstream = upstream;
    this.#times = times;
    this.#events = events;
  }

  start(origin: Origin, score: number | null): void {
    const { head, body, expectsContinue, peerAddress, isPeerTrusted, upgrade } = this.#exchange;
    const { method, target } = head;
    const hasBody = body !== null;
    const headers = headersToOrigin(head, { peerAddress, isPeerTrusted, hasBody, score, expectsContinue, upgrade });
    this.#exchange.onAbandoned(() => this.#breakOff('visitor'));
    const request = { origin, method, target, headers, hasBody, offersUpgrade: upgrade !== null };
    this.#call = this.#upstream.send(request, this);
    this.#timer = setTimeout(() => this.#onTimeout(), this.#times.answerMs);
    if (!hasBody) return;
    this.#upload = 'held';
    // An origin that knows nothing of 100-continue just waits for the body (RFC 9110 section 10.1.1).
    if (expectsContinue) this.#continueTimer = setTimeout(() => this.onContinue(), this.#times.continueMs);
    else this.#startUpload(body);
  }

  onContinue(): void {
    const { body } = this.#exchange;
    if (this.#isOver || this.#upload !== 'held' || body === null) return;
    clearTimeout(this.#continueTimer);
    this.#exchange.sendContinue();
    this.#startUpload(body);
  }

  onResponse(head: ResponseHead, body: BodySource): void {
    if (this.#isOver) return;
    try {
      this.#writer = this.#exchange.respond({ ...head, headers: headersToVisitor(head.headers) }, this);
    } catch (error) {
      // The origin sent a head that cannot be sent on: a status out of range, a control character in a value.
      this.#call?.abort();
      this.onNoAnswer('upstream-malformed', String(error));
      return;
    }
    this.#answer = body;
    this.#events.onAnswered(head.status);
    this.#rearm(this.#times.bodyIdleMs);
    body.flowTo(this);
  }

  onSwitched(head: ResponseHead, tunnel: Tunnel): void {
    if (!this.#finish()) {
      tunnel.end();
      return;
    }
    const { upgrade } = this.#exchange;
    const headers = [...headersToVisitor(head.headers), 'Connection', 'Upgrade', 'Upgrade', upgrade ?? ''];
    this.#events.onAnswered(head.status);
    const visitor = this.#exchange.switchProtocols({ ...head, headers });
    joinTunnels(visitor, tunnel, this.#times.tunnelIdleMs, () => this.#events.onComplete());
  }

  onUpstreamRoom(): void {
    if (this.#isOver || this.#upload !== 'paused') return;
    this.#upload = 'flowing';
    this.#timer?.refresh();
    this.#exchange.body?.resume();
  }

  onNoAnswer(error: OwnError, cause: string): void {
    if (this.#finish()) this.#events.onFailed(error, cause);
  }

  onBytes(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#timer?.refresh();
    if (this.#writer!.write(bytes)) return;
    this.#isAnswerPaused = true;
    this.#answer?.pause();
  }

  onFailure(): void {
    this.#breakOff('origin');
  }

  onVisitorRoom(): void {
    if (this.#isOver || !this.#isAnswerPaused) return;
    this.#isAnswerPaused = false;
    this.#timer?.refresh();
    this.#answer?.resume();
  }

  onEnd(): void {
    const isUploading = this.#upload !== 'none';
    if (!this.#finish()) return;
    this.#writer!.end();
    // The origin answered without waiting for the whole body; the rest of it concerns nobody.
    if (isUploading) this.#call?.abort();
    this.#events.onComplete();
  }

  #startUpload(body: BodySource): void {
    this.#upload = 'flowing';
    body.flowTo({
      onBytes: (bytes) => {
        if (this.#isOver) return;
        this.#timer?.refresh();
        if (this.#call!.write(bytes)) return;
        this.#upload = 'paused';
        body.pause();
      },
      onEnd: () => {
        this.#upload = 'none';
        this.#timer?.refresh();
        this.#call?.end();
      },
      onFailure: () => this.#breakOff('visitor'),
    });
  }

  #onTimeout(): void {
    if (this.#answer !== undefined) {
      this.#breakOff(this.#isAnswerPaused ? 'visitor' : 'origin');
      return;
    }
    this.#call?.abort();
    // Whoever should have moved and did not is to blame.
    if (this.#upload === 'flowing') this.onNoAnswer('body-timeout', `no byte for ${this.#times.answerMs} ms`);
    else this.onNoAnswer('upstream-timeout', `no answer for ${this.#times.answerMs} ms`);
  }

  #rearm(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onTimeout(), timeoutMs);
  }

  #breakOff(by: 'visitor' | 'origin'): void {
    if (!this.#finish()) return;
    this.#call?.abort();
    // Cutting the connection is the only way to tell a reader that the body is not complete.
    this.#exchange.abort();
    this.#events.onBroken(by);
  }

  /** false: it was over already. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#continueTimer);
    return true;
  }
}
