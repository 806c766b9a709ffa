import type { BodySink, BodySource, BodyWriter } from '../exchange/bodies.ts';
import type { Exchange, ResponseEvents } from '../exchange/exchange.ts';
import type { ChainOwner } from '../pipeline/answerChain.ts';
import type { ShapedAnswer } from '../pipeline/shapeAnswer.ts';
import type { Deadlines, Waiting } from '../sockets/deadlines.ts';
import type { BrokenBy } from './forwarding.ts';

/** How giving a copy ended; one of the two, once. */
export interface CopyEvents {
  onComplete(): void;
  onBroken(by: BrokenBy): void;
}

/** An answer that a module gave in the origin's stead, on its way to the visitor: as fast as the visitor reads, with an end to each wait. */
export class CopyAnswer implements BodySink, ResponseEvents, Waiting, ChainOwner {
  deadlineMs = Number.POSITIVE_INFINITY;
  deadlineIndex = -1;
  readonly #exchange: Exchange;
  readonly #deadlines: Deadlines;
  readonly #idleMs: number;
  readonly #events: CopyEvents;
  #writer: BodyWriter | undefined;
  #chain: ShapedAnswer['chain'];
  #source: BodySource | undefined;
  #bytes = 0;
  #isPaused = false;
  #isOver = false;
  #isEnded = false;

  constructor(exchange: Exchange, deadlines: Deadlines, idleMs: number, events: CopyEvents) {
    this.#exchange = exchange;
    this.#deadlines = deadlines;
    this.#idleMs = idleMs;
    this.#events = events;
  }

  get answerBytes(): number {
    return this.#chain?.bytes ?? this.#bytes;
  }

  start({ head, chain }: ShapedAnswer, source: BodySource): void {
    this.#chain = chain;
    this.#source = source;
    this.#exchange.onAbandoned(() => this.#breakOff('visitor'));
    if (this.#isOver) return;
    this.#deadlines.watch(this);
    this.#wait();
    this.#writer = this.#exchange.respond(head, this);
    chain?.start(this.#writer);
    if (!this.#isOver) source.flowTo(this);
  }

  onBytes(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#wait();
    if (this.#chain === undefined) this.#bytes += bytes.length;
    if ((this.#chain ?? this.#writer!).write(bytes) || this.#isOver) return;
    this.#isPaused = true;
    this.#source?.pause();
  }

  onLull(): void {
    if (this.#isOver) return;
    if (this.#chain === undefined) this.#writer!.flush();
    else this.#chain.lull();
  }

  onEnd(): void {
    if (this.#isOver) return;
    this.#isEnded = true;
    this.#wait();
    if (this.#chain !== undefined) this.#chain.end();
    else this.#complete(() => this.#writer!.end());
  }

  onFailure(): void {
    this.#breakOff('origin');
  }

  onVisitorRoom(): void {
    if (this.#chain === undefined) this.onChainRoom();
    else if (!this.#isOver) this.#chain.room();
  }

  onChainRoom(): void {
    if (this.#isOver || !this.#isPaused) return;
    this.#isPaused = false;
    this.#wait();
    this.#source?.resume();
  }

  onChainEnd(): void {
    this.#complete(() => {});
  }

  onChainCut(): void {
    this.#breakOff('edge');
  }

  onDeadline(): void {
    if (this.#chain?.blameSilent() === true) this.#breakOff('edge');
    else this.#breakOff(this.#isPaused ? 'visitor' : 'origin');
  }

  #complete(endAnswer: () => void): void {
    if (!this.#finish()) return;
    endAnswer();
    if (!this.#isEnded) this.#source?.discard();
    this.#events.onComplete();
  }

  #breakOff(by: BrokenBy): void {
    if (!this.#finish()) return;
    this.#chain?.stop();
    if (by !== 'origin') this.#source?.discard();
    this.#exchange.abort();
    this.#events.onBroken(by);
  }

  #wait(): void {
    this.deadlineMs = this.#deadlines.nowMs + this.#idleMs;
  }

  /** false: it was over already. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#deadlines.unwatch(this);
    return true;
  }
}
