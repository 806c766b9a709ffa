import type { OwnError } from '../../contract/reasons/answerReasons.ts';
import type { BodySink, BodySource, ResponseHead, Tunnel } from '../exchange/bodies.ts';
import type { Fetch, FetchEvents, FetchRequest } from '../exchange/fetch.ts';
import type { Deadlines, Waiting } from '../sockets/deadlines.ts';
import type { OriginGroup } from './originGroup.ts';
import { fieldsToVisitor } from './responseHeaders.ts';
import type { Upstream, UpstreamCall, UpstreamEvents } from './upstream.ts';

const unsendable = /[^\t\x20-\x7e]/;

/** A question to an origin without a visitor. Each wait has an end, as for visitors'; ends with one of its events. */
export class OriginFetch implements Fetch, UpstreamEvents, BodySource, BodySink, Waiting {
  deadlineMs = Number.POSITIVE_INFINITY;
  deadlineIndex = -1;
  readonly #deadlines: Deadlines;
  readonly #events: FetchEvents;
  readonly #group: OriginGroup;
  #call: UpstreamCall | undefined;
  #answer: BodySource | undefined;
  #sink: BodySink | undefined;
  #isPaused = false;
  #isOver = false;

  constructor(deadlines: Deadlines, group: OriginGroup, events: FetchEvents) {
    this.#deadlines = deadlines;
    this.#group = group;
    this.#events = events;
  }

  /** Throws where a name or value would not stay one line: our own mistake. */
  start(upstream: Upstream, { method, target, fields }: FetchRequest): void {
    const lines = [target, ...fields.flat()];
    if (lines.some((text) => unsendable.test(text)) || target.includes(' ')) throw new TypeError('this is no request');
    const text = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const head = `${method} ${target} HTTP/1.1\r\n${text}Via: 1.1 holdfast\r\n\r\n`;
    this.#deadlines.watch(this);
    this.#wait(this.#group.upstream.answerTimeoutMs);
    const request = { group: this.#group, method, head, body: 'none', offersUpgrade: false } as const;
    this.#call = upstream.send(request, this);
  }

  giveUp(): void {
    if (this.#finish()) this.#call?.giveUp('nobody');
  }

  // Told by the origin's side.

  onContinue(): void {}

  onUpstreamRoom(): void {}

  onResponse(head: ResponseHead, body: BodySource): void {
    if (this.#isOver) return;
    this.#answer = body;
    this.#wait(this.#group.upstream.bodyIdleTimeoutMs);
    // As a visitor would get it: what concerns the connection, or is the edge's own word, never passes.
    this.#events.onAnswer({ ...head, fields: fieldsToVisitor(head.fields, head.status) }, this);
  }

  onSwitched(_: ResponseHead, tunnel: Tunnel): void {
    tunnel.end();
    this.onNoAnswer('upstream-malformed', 'it switched protocols unasked');
  }

  onNoAnswer(error: OwnError, cause: string): void {
    if (this.#finish()) this.#events.onNoAnswer(error, cause);
  }

  // The answer's body, for its owner.

  flowTo(sink: BodySink): void {
    this.#sink = sink;
    if (this.#isOver) sink.onFailure();
    else this.#answer!.flowTo(this);
  }

  pause(): void {
    this.#isPaused = true;
    this.#answer?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#wait(this.#group.upstream.bodyIdleTimeoutMs);
    this.#answer?.resume();
  }

  discard(): void {
    this.giveUp();
  }

  // The answer's body, from the origin.

  onBytes(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#wait(this.#group.upstream.bodyIdleTimeoutMs);
    this.#sink?.onBytes(bytes);
  }

  onLull(): void {
    if (!this.#isOver) this.#sink?.onLull();
  }

  onEnd(): void {
    if (this.#finish()) this.#sink?.onEnd();
  }

  onFailure(): void {
    if (this.#finish()) this.#sink?.onFailure();
  }

  onDeadline(): void {
    const isSlowReader = this.#answer !== undefined && (this.#isPaused || this.#sink === undefined);
    this.#call?.giveUp(isSlowReader ? 'nobody' : 'origin');
    if (this.#answer === undefined) this.onNoAnswer('upstream-timeout', 'no answer in time');
    else this.onFailure();
  }

  #wait(forMs: number): void {
    this.deadlineMs = this.#deadlines.nowMs + forMs;
  }

  /** false: it was over already. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#deadlines.unwatch(this);
    return true;
  }
}
