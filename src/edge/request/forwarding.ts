import type { OwnError } from '../../contract/reasons/answerReasons.ts';
import { addField, fieldNumber } from '../../http/index.ts';
import type { BodySink, BodySource, BodyWriter, ResponseHead, Tunnel } from '../exchange/bodies.ts';
import type { Exchange, ResponseEvents } from '../exchange/exchange.ts';
import { edgeLimits } from '../exchange/limits.ts';
import type { AnswerChain, ChainOwner } from '../pipeline/answerChain.ts';
import { type Guard, NoAnswer, type OnPath } from '../pipeline/guard.ts';
import type { PipelineRequest } from '../pipeline/module.ts';
import { OriginHead } from '../pipeline/originHead.ts';
import { closedAnswer, shapeAnswer } from '../pipeline/shapeAnswer.ts';
import { placeOf, type SitePath } from '../pipeline/sitePath.ts';
import {
  again,
  type Declining,
  isDeclining,
  isFinalStep,
  type Step,
  type Waiting as WaitingStep,
} from '../pipeline/step.ts';
import type { Deadlines, Waiting } from '../sockets/deadlines.ts';
import { joinTunnels } from '../sockets/joinTunnels.ts';
import type { OriginGroup } from '../upstream/originGroup.ts';
import { headToOrigin, isChunkedToOrigin } from '../upstream/requestHeaders.ts';
import { fieldsToVisitor } from '../upstream/responseHeaders.ts';
import type { Upstream, UpstreamCall, UpstreamEvents, UpstreamRequest } from '../upstream/upstream.ts';
import type { PiecesOnPath } from './bodyWatches.ts';

const setCookie = fieldNumber('set-cookie');

/** The waits of an exchange, out of `edgeLimits`; tests shorten them. */
export interface ForwardingTimes {
  readonly answerMs: number;
  readonly bodyIdleMs: number;
  readonly continueMs: number;
  readonly tunnelIdleMs: number;
}

/** By whose fault an answer broke off in the middle. */
export type BrokenBy = 'visitor' | 'origin' | 'edge';

/** How a forwarded exchange ended; told once. */
export interface ForwardingEvents {
  /** The origin's head is on its way to the visitor. */
  onAnswered(status: number): void;
  /** The whole answer was handed over. */
  onComplete(): void;
  /** No answer from the origin, none sent yet: the visitor is owed one. */
  onFailed(error: OwnError, cause: string): void;
  /** A module that stands at `place` has another answer than the origin's; none was sent yet. */
  onStep(step: Exclude<Step, WaitingStep>, place: number): void;
  /** The visitor left, or the answer broke off in the middle; its connection is gone. */
  onBroken(by: BrokenBy): void;
}

/** What a forwarding works with. */
export interface ForwardingPorts {
  readonly upstream: Upstream;
  readonly deadlines: Deadlines;
  readonly guard: Guard;
  /** Tests shorten the waits. */
  readonly times?: ForwardingTimes | undefined;
}

/** A request that is forwarded, and told of how that ends. */
export interface ForwardedRequest extends PipelineRequest, ForwardingEvents {
  readonly exchange: Exchange;
  readonly path: SitePath;
}

/**
 * One request on its way to an origin and the answer on its way back. Each body flows as fast as its reader reads; each
 * wait has an end. Ends with exactly one of the events; afterwards it does nothing.
 */
export class Forwarding implements UpstreamEvents, ResponseEvents, BodySink, Waiting, ChainOwner {
  deadlineMs = Number.POSITIVE_INFINITY;
  deadlineIndex = -1;
  /** The origin's answer sets a cookie. */
  setsCookie = false;
  readonly #ports: ForwardingPorts;
  readonly #request: ForwardedRequest;
  readonly #exchange: Exchange;
  #sent: UpstreamRequest | undefined;
  #call: UpstreamCall | undefined;
  #answer: BodySource | undefined;
  #writer: BodyWriter | undefined;
  /** undefined: no module of the site looks at the answer's body. */
  #chain: AnswerChain | undefined;
  readonly #body: BodySource | null;
  #pieces: readonly PiecesOnPath[];
  #waitMs = 0;
  #times: ForwardingTimes = edgeLimits;
  #answerBytes = 0;
  #wasAskedAgain = false;
  /** none: no body to send or all of it sent; held: waits for the origin's 100. */
  #upload: 'none' | 'held' | 'flowing' | 'paused' = 'none';
  #isAnswerPaused = false;
  #isAnswerEnded = false;
  #isOver = false;

  /** `body`: the exchange's own, or another in its place where that was read already; `pieces`: who looks at it on its way. */
  constructor(
    ports: ForwardingPorts,
    request: ForwardedRequest,
    body: BodySource | null,
    pieces: readonly PiecesOnPath[],
  ) {
    this.#ports = ports;
    this.#pieces = pieces;
    this.#request = request;
    this.#exchange = request.exchange;
    this.#body = body;
  }

  /** Of the answer's body, handed over to the visitor so far. */
  get answerBytes(): number {
    return this.#chain?.bytes ?? this.#answerBytes;
  }

  start(group: OriginGroup): void {
    const exchange = this.#exchange;
    const { head } = exchange;
    const body = this.#body;
    const hasBody = body !== null;
    exchange.onAbandoned(() => this.#breakOff('visitor'));
    if (this.#isOver) return;
    this.#ports.deadlines.watch(this);
    this.#times = this.#ports.times ?? timesOf(group);
    this.#wait(this.#times.answerMs);
    const expectsContinue = exchange.expectsContinue && body === exchange.body;
    const text = headToOrigin(head, {
      peerAddress: exchange.peerAddress,
      isPeerTrusted: exchange.isPeerTrusted,
      hasBody,
      expectsContinue,
      upgrade: exchange.upgrade,
    });
    const sent = this.#askOriginHead(text);
    if (sent === undefined) {
      this.#decline();
      return;
    }
    this.#sent = {
      group,
      method: head.method,
      head: sent,
      body: !hasBody ? 'none' : isChunkedToOrigin(head) ? 'chunked' : 'sized',
      offersUpgrade: exchange.upgrade !== null,
    };
    this.#call = this.#ports.upstream.send(this.#sent, this);
    if (!hasBody) return;
    if (expectsContinue) {
      // An origin that knows nothing of 100-continue just waits for the body (RFC 9110 section 10.1.1).
      this.#upload = 'held';
      this.#call.flush();
      this.#wait(this.#times.continueMs);
    } else this.#startUpload(body);
  }

  /** What goes to the origin; undefined: a module that may not be left out failed. */
  #askOriginHead(text: string): string | undefined {
    const { guard } = this.#ports;
    const { path } = this.#request;
    const head = new OriginHead(text);
    for (const on of path.originHead) {
      const asked = guard.call(on, on.steps, on.steps.originHead, this.#request, head);
      if (asked instanceof NoAnswer && on.failure.before === 'closed') return undefined;
    }
    return head.text;
  }

  onContinue(): void {
    const body = this.#body;
    if (this.#isOver || this.#upload !== 'held' || body === null) return;
    this.#wait(this.#times.answerMs);
    this.#exchange.sendContinue();
    this.#startUpload(body);
  }

  onResponse(head: ResponseHead, body: BodySource): void {
    if (this.#isOver) return;
    const { status, reason } = head;
    this.setsCookie = head.fields.numbers.includes(setCookie);
    const plain = { status, reason, fields: fieldsToVisitor(head.fields, status) };
    const { guard } = this.#ports;
    const { path } = this.#request;
    if (path.answer.length === 0) {
      this.#answerWith(plain, body);
      return;
    }
    const shaped = shapeAnswer(guard, path, this.#request, this, plain);
    if (shaped === closedAnswer) {
      this.#call?.giveUp('nobody');
      this.#decline();
      return;
    }
    if (hasNoBody(this.#exchange, status)) shaped.chain?.stop();
    else this.#chain = shaped.chain;
    this.#answerWith(shaped.head, body);
  }

  #answerWith(head: ResponseHead, body: BodySource): void {
    this.#writer = this.#exchange.respond(head, this);
    this.#answer = body;
    this.#request.onAnswered(head.status);
    this.#chain?.start(this.#writer);
    if (this.#isOver) return;
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
    this.#request.onAnswered(head.status);
    const visitor = this.#exchange.switchProtocols({ ...head, fields });
    joinTunnels(visitor, tunnel, this.#times.tunnelIdleMs, this.#ports.deadlines, () => this.#request.onComplete());
  }

  onUpstreamRoom(): void {
    if (this.#isOver || this.#upload !== 'paused') return;
    this.#upload = 'flowing';
    this.#wait(this.#waitMs);
    this.#body?.resume();
  }

  onNoAnswer(error: OwnError, cause: string): void {
    if (this.#isOver) return;
    const { path } = this.#request;
    for (const on of path.noAnswer) {
      const { guard } = this.#ports;
      const word = guard.call(on, on.steps, on.steps.noAnswer, this.#request, error, isNoAnswerStep);
      // What a module that fails closed could not say, nobody else says in its place.
      if (word instanceof NoAnswer && on.failure.before === 'closed') break;
      if (word instanceof NoAnswer || word === undefined) continue;
      if (word.kind !== 'again') {
        if (this.#finish()) this.#request.onStep(word, placeOf(on.module));
        return;
      }
      if (this.#askAgain()) return;
    }
    if (this.#finish()) this.#request.onFailed(error, cause);
  }

  /** false: a body cannot be sent twice, and nobody is asked for ever. */
  #askAgain(): boolean {
    if (this.#wasAskedAgain || this.#body !== null || this.#sent === undefined) return false;
    this.#wasAskedAgain = true;
    this.#wait(this.#times.answerMs);
    this.#call = this.#ports.upstream.send(this.#sent, this);
    return true;
  }

  onBytes(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#wait(this.#waitMs);
    if (this.#chain !== undefined) {
      if (this.#chain.write(bytes) || this.#isOver) return;
    } else {
      this.#answerBytes += bytes.length;
      if (this.#writer!.write(bytes)) return;
    }
    this.#isAnswerPaused = true;
    this.#answer?.pause();
  }

  onLull(): void {
    if (this.#isOver) return;
    if (this.#chain === undefined) this.#writer!.flush();
    else this.#chain.lull();
  }

  onFailure(): void {
    this.#breakOff('origin');
  }

  onVisitorRoom(): void {
    if (this.#chain === undefined) this.onChainRoom();
    else if (!this.#isOver) this.#chain.room();
  }

  onChainRoom(): void {
    if (this.#isOver || !this.#isAnswerPaused) return;
    this.#isAnswerPaused = false;
    this.#wait(this.#waitMs);
    this.#answer?.resume();
  }

  onEnd(): void {
    if (this.#isOver) return;
    this.#isAnswerEnded = true;
    if (this.#chain !== undefined) {
      this.#wait(this.#times.bodyIdleMs);
      this.#chain.end();
      return;
    }
    this.#complete(() => this.#writer!.end());
  }

  onChainEnd(): void {
    this.#complete(() => {});
  }

  onChainCut(): void {
    this.#breakOff('edge');
  }

  #complete(endAnswer: () => void): void {
    const isUploading = this.#upload !== 'none';
    if (!this.#finish()) return;
    endAnswer();
    // The origin answered without waiting for the whole body, or a module has said all: the rest concerns nobody.
    if (isUploading || !this.#isAnswerEnded) this.#call?.giveUp('nobody');
    this.#request.onComplete();
  }

  #startUpload(body: BodySource): void {
    this.#upload = 'flowing';
    body.flowTo({
      onBytes: (bytes) => {
        if (this.#isOver) return;
        if (this.#pieces.length > 0 && !this.#mayPass(bytes)) return;
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
      this.#breakOff(this.#slowOne());
      return;
    }
    // Whoever should have moved and did not is to blame.
    const isVisitorSlow = this.#upload === 'flowing';
    this.#call?.giveUp(isVisitorSlow ? 'nobody' : 'origin');
    if (isVisitorSlow) this.onNoAnswer('body-timeout', `no byte for ${this.#waitMs} ms`);
    else this.onNoAnswer('upstream-timeout', `no answer for ${this.#waitMs} ms`);
  }

  /** Whoever should have moved and did not: the module that keeps the rest, the visitor who does not read, else the origin. */
  #slowOne(): BrokenBy {
    if (this.#chain?.blameSilent() === true) return 'edge';
    return this.#isAnswerPaused || this.#isAnswerEnded ? 'visitor' : 'origin';
  }

  /** Shows a piece of the request's body to the modules that look at it; false: it goes no further. */
  #mayPass(bytes: Buffer): boolean {
    for (const { on, watch } of this.#pieces) {
      let declining: Declining | undefined;
      const hasFailed = this.#ports.guard.attempt(on, 'onBytes', () => {
        declining = watch.onBytes(bytes);
        if (declining !== undefined && !isDeclining(declining, on.reasons)) throw new TypeError('its answer is none');
      });
      if (hasFailed) this.#pieces = this.#pieces.filter((other) => other.on !== on);
      if (hasFailed && on.failure.before !== 'closed') continue;
      if (!hasFailed && declining === undefined) continue;
      this.#declineBody(hasFailed ? undefined : declining, on);
      return false;
    }
    return true;
  }

  /** A module that may not be left out failed: nobody else's answer stands in for that. */
  #decline(): void {
    if (this.#finish()) this.#request.onFailed('module-closed', 'a module that may not be left out failed');
  }

  /** `declining` undefined: a module that may not be left out failed. */
  #declineBody(declining: Declining | undefined, { module }: OnPath): void {
    this.#call?.giveUp('nobody');
    if (this.#answer !== undefined) this.#breakOff('visitor');
    else if (declining === undefined) this.#decline();
    else if (this.#finish()) this.#request.onStep(declining, placeOf(module));
  }

  /** From now on; replaces the wait before. */
  #wait(forMs: number): void {
    this.#waitMs = forMs;
    this.deadlineMs = this.#ports.deadlines.nowMs + forMs;
  }

  #breakOff(by: BrokenBy): void {
    if (!this.#finish()) return;
    this.#chain?.stop();
    this.#call?.giveUp(by === 'origin' ? 'origin' : 'nobody');
    // Cutting the connection is the only way to tell a reader that the body is not complete.
    this.#exchange.abort();
    this.#request.onBroken(by);
  }

  /** false: it was over already. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#ports.deadlines.unwatch(this);
    return true;
  }
}

/** An answer whose head alone is sent (RFC 9110 section 6.4.1). */
function hasNoBody({ head: { method } }: Exchange, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

function isNoAnswerStep(word: unknown, { reasons }: OnPath): boolean {
  return word === again || isFinalStep(word, reasons);
}

/** What a site says of its origins' patience; the rest is the same for all. */
function timesOf({ upstream }: OriginGroup): ForwardingTimes {
  const { continueMs, tunnelIdleMs } = edgeLimits;
  return { answerMs: upstream.answerTimeoutMs, bodyIdleMs: upstream.bodyIdleTimeoutMs, continueMs, tunnelIdleMs };
}
