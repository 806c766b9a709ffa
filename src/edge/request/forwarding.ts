import type { BotVerdict } from '../../contract/botVerdict.ts';
import { addField, fieldNumber } from '../../http/index.ts';
import type { SiteEdits } from '../activeSet/siteEdits.ts';
import type { BodySink, BodySource, BodyWriter, ResponseHead, Tunnel } from '../exchange/bodies.ts';
import type { Exchange, ResponseEvents } from '../exchange/exchange.ts';
import { joinTunnels } from '../exchange/joinTunnels.ts';
import { edgeLimits } from '../exchange/limits.ts';
import type { OwnError } from '../exchange/reasons.ts';
import type { Deadlines, Waiting } from '../sockets/deadlines.ts';
import type { OriginGroup } from '../upstream/originGroup.ts';
import { headToOrigin, isChunkedToOrigin, verifiedText } from '../upstream/requestHeaders.ts';
import { fieldsToVisitor } from '../upstream/responseHeaders.ts';
import type { Upstream, UpstreamCall, UpstreamEvents } from '../upstream/upstream.ts';

const setCookie = fieldNumber('set-cookie');

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
export class Forwarding implements UpstreamEvents, ResponseEvents, BodySink, Waiting {
  deadlineMs = Number.POSITIVE_INFINITY;
  deadlineIndex = -1;
  /** Of the origin's body, handed over so far. */
  answerBytes = 0;
  /** The origin's answer sets a cookie. */
  setsCookie = false;
  readonly #exchange: Exchange;
  readonly #upstream: Upstream;
  readonly #deadlines: Deadlines;
  readonly #givenTimes: ForwardingTimes | undefined;
  readonly #events: ForwardingEvents;
  #call: UpstreamCall | undefined;
  #answer: BodySource | undefined;
  #writer: BodyWriter | undefined;
  #waitMs = 0;
  #times: ForwardingTimes = edgeLimits;
  #editAnswer: SiteEdits['responseHeaders'];
  #bodyBytesMax = 0;
  #uploadedBytes = 0;
  /** none: no body to send or all of it sent; held: waits for the origin's 100. */
  #upload: 'none' | 'held' | 'flowing' | 'paused' = 'none';
  #isAnswerPaused = false;
  #isOver = false;

  constructor(
    exchange: Exchange,
    upstream: Upstream,
    deadlines: Deadlines,
    times: ForwardingTimes | undefined,
    events: ForwardingEvents,
  ) {
    this.#exchange = exchange;
    this.#upstream = upstream;
    this.#deadlines = deadlines;
    this.#givenTimes = times;
    this.#events = events;
  }

  start(group: OriginGroup, edits: SiteEdits, bodyBytesMax: number, verdict: BotVerdict): void {
    const exchange = this.#exchange;
    const { head, body } = exchange;
    const hasBody = body !== null;
    exchange.onAbandoned(() => this.#breakOff('visitor'));
    if (this.#isOver) return;
    this.#deadlines.watch(this);
    this.#times = this.#givenTimes ?? timesOf(group);
    this.#wait(this.#times.answerMs);
    this.#editAnswer = edits.responseHeaders;
    this.#bodyBytesMax = bodyBytesMax;
    const sent = headToOrigin(head, {
      peerAddress: exchange.peerAddress,
      isPeerTrusted: exchange.isPeerTrusted,
      hasBody,
      score: verdict.kind === 'scored' ? verdict.score : null,
      verified: verifiedText(verdict.identity),
      expectsContinue: exchange.expectsContinue,
      upgrade: exchange.upgrade,
    });
    this.#call = this.#upstream.send(
      {
        group,
        method: head.method,
        head: edits.requestHeaders?.editHead(sent) ?? sent,
        body: !hasBody ? 'none' : isChunkedToOrigin(head) ? 'chunked' : 'sized',
        offersUpgrade: exchange.upgrade !== null,
      },
      this,
    );
    if (!hasBody) return;
    if (exchange.expectsContinue) {
      // An origin that knows nothing of 100-continue just waits for the body (RFC 9110 section 10.1.1).
      this.#upload = 'held';
      this.#call.flush();
      this.#wait(this.#times.continueMs);
    } else this.#startUpload(body);
  }

  onContinue(): void {
    const { body } = this.#exchange;
    if (this.#isOver || this.#upload !== 'held' || body === null) return;
    this.#wait(this.#times.answerMs);
    this.#exchange.sendContinue();
    this.#startUpload(body);
  }

  onResponse(head: ResponseHead, body: BodySource): void {
    if (this.#isOver) return;
    const { status, reason } = head;
    this.setsCookie = head.fields.numbers.includes(setCookie);
    const plain = fieldsToVisitor(head.fields, status);
    this.#writer = this.#exchange.respond(
      { status, reason, fields: this.#editAnswer?.editFields(plain) ?? plain },
      this,
    );
    this.#answer = body;
    this.#events.onAnswered(status);
    this.#wait(this.#times.bodyIdleMs);
    body.flowTo(this);
  }

  onSwitched(head: ResponseHead, tunnel: Tunnel): void {
    if (!this.#finish()) {
      tunnel.end();
      return;
    }
    const { upgrade } = this.#exchange;
    const fields = fieldsToVisitor(head.fields, head.status);
    addField(fields, fieldNumber('connection'), 'Connection', 'Upgrade');
    addField(fields, fieldNumber('upgrade'), 'Upgrade', upgrade ?? '');
    this.#events.onAnswered(head.status);
    const visitor = this.#exchange.switchProtocols({ ...head, fields });
    joinTunnels(visitor, tunnel, this.#times.tunnelIdleMs, () => this.#events.onComplete());
  }

  onUpstreamRoom(): void {
    if (this.#isOver || this.#upload !== 'paused') return;
    this.#upload = 'flowing';
    this.#wait(this.#waitMs);
    this.#exchange.body?.resume();
  }

  onNoAnswer(error: OwnError, cause: string): void {
    if (this.#finish()) this.#events.onFailed(error, cause);
  }

  onBytes(bytes: Buffer): void {
    if (this.#isOver) return;
    this.answerBytes += bytes.length;
    this.#wait(this.#waitMs);
    if (this.#writer!.write(bytes)) return;
    this.#isAnswerPaused = true;
    this.#answer?.pause();
  }

  onLull(): void {
    if (!this.#isOver) this.#writer!.flush();
  }

  onFailure(): void {
    this.#breakOff('origin');
  }

  onVisitorRoom(): void {
    if (this.#isOver || !this.#isAnswerPaused) return;
    this.#isAnswerPaused = false;
    this.#wait(this.#waitMs);
    this.#answer?.resume();
  }

  onEnd(): void {
    const isUploading = this.#upload !== 'none';
    if (!this.#finish()) return;
    this.#writer!.end();
    // The origin answered without waiting for the whole body; the rest of it concerns nobody.
    if (isUploading) this.#call?.giveUp('nobody');
    this.#events.onComplete();
  }

  #startUpload(body: BodySource): void {
    this.#upload = 'flowing';
    body.flowTo({
      onBytes: (bytes) => {
        if (this.#isOver) return;
        this.#uploadedBytes += bytes.length;
        if (this.#uploadedBytes > this.#bodyBytesMax) {
          this.#refuseBody();
          return;
        }
        this.#wait(this.#waitMs);
        if (this.#call!.write(bytes)) return;
        this.#upload = 'paused';
        body.pause();
      },
      onLull: () => {
        if (!this.#isOver) this.#call!.flush();
      },
      onEnd: () => {
        this.#upload = 'none';
        this.#wait(this.#waitMs);
        this.#call?.end();
      },
      onFailure: () => this.#breakOff('visitor'),
    });
  }

  onDeadline(): void {
    if (this.#upload === 'held' && this.#answer === undefined) {
      this.onContinue();
      return;
    }
    if (this.#answer !== undefined) {
      this.#breakOff(this.#isAnswerPaused ? 'visitor' : 'origin');
      return;
    }
    // Whoever should have moved and did not is to blame.
    const isVisitorSlow = this.#upload === 'flowing';
    this.#call?.giveUp(isVisitorSlow ? 'nobody' : 'origin');
    if (isVisitorSlow) this.onNoAnswer('body-timeout', `no byte for ${this.#waitMs} ms`);
    else this.onNoAnswer('upstream-timeout', `no answer for ${this.#waitMs} ms`);
  }

  /** More than the site takes, which no length in the head said. */
  #refuseBody(): void {
    this.#call?.giveUp('nobody');
    if (this.#answer === undefined) this.onNoAnswer('body-too-large', `more than ${this.#bodyBytesMax} bytes`);
    else this.#breakOff('visitor');
  }

  /** From now on; replaces the wait before. */
  #wait(forMs: number): void {
    this.#waitMs = forMs;
    this.deadlineMs = this.#deadlines.nowMs + forMs;
  }

  #breakOff(by: 'visitor' | 'origin'): void {
    if (!this.#finish()) return;
    this.#call?.giveUp(by === 'origin' ? 'origin' : 'nobody');
    // Cutting the connection is the only way to tell a reader that the body is not complete.
    this.#exchange.abort();
    this.#events.onBroken(by);
  }

  /** false: it was over already. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#deadlines.unwatch(this);
    return true;
  }
}

/** What a site says of its origins' patience; the rest is the same for all. */
function timesOf({ upstream }: OriginGroup): ForwardingTimes {
  const { continueMs, tunnelIdleMs } = edgeLimits;
  return { answerMs: upstream.answerTimeoutMs, bodyIdleMs: upstream.bodyIdleTimeoutMs, continueMs, tunnelIdleMs };
}
