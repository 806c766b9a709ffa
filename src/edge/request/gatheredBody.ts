import type { BodySink, BodySource } from '../exchange/bodies.ts';
import type { Deadlines, Waiting } from '../sockets/deadlines.ts';

/** How holding a body went; one of them is called, once. */
export interface GatheredBodyEvents {
  /** All of it is here. */
  onWhole(body: Buffer): void;
  /** More came than is held; the rest still arrives, behind what is held. */
  onTooLong(): void;
  /** The visitor stopped sending. */
  onSilent(): void;
  onFailure(): void;
}

/**
 * A request's body that is held until all of it is here, up to a bound, and then flows on as if it had just come. Copies,
 * because what a connection reads is lent.
 */
export class GatheredBody implements BodySource, BodySink, Waiting {
  deadlineMs = Number.POSITIVE_INFINITY;
  deadlineIndex = -1;
  readonly #source: BodySource;
  readonly #bytesMax: number;
  readonly #deadlines: Deadlines;
  readonly #idleMs: number;
  readonly #events: GatheredBodyEvents;
  #held: Buffer[] = [];
  #bytes = 0;
  #sink: BodySink | undefined;
  #isTold = false;
  #isEnded = false;
  #isPaused = false;

  constructor(source: BodySource, bytesMax: number, deadlines: Deadlines, idleMs: number, events: GatheredBodyEvents) {
    this.#source = source;
    this.#bytesMax = bytesMax;
    this.#deadlines = deadlines;
    this.#idleMs = idleMs;
    this.#events = events;
  }

  start(): void {
    this.#deadlines.watch(this);
    this.#wait();
    this.#source.flowTo(this);
  }

  /** Nobody wants it any more. true: it was not whole yet. */
  stop(): boolean {
    const wasGathering = !this.#isTold;
    this.#tell(() => {});
    this.#held = [];
    return wasGathering;
  }

  // From the visitor.

  onBytes(bytes: Buffer): void {
    if (this.#sink !== undefined && this.#held.length === 0) {
      this.#sink.onBytes(bytes);
      return;
    }
    this.#wait();
    this.#held.push(Buffer.from(bytes));
    this.#bytes += bytes.length;
    if (this.#bytes <= this.#bytesMax || this.#isTold) return;
    this.#source.pause();
    this.#tell(() => this.#events.onTooLong());
  }

  onLull(): void {
    this.#sink?.onLull();
  }

  onEnd(): void {
    this.#isEnded = true;
    if (this.#sink !== undefined && this.#held.length === 0) this.#sink.onEnd();
    else this.#tell(() => this.#events.onWhole(Buffer.concat(this.#held)));
  }

  onFailure(): void {
    if (this.#sink !== undefined) this.#sink.onFailure();
    else this.#tell(() => this.#events.onFailure());
  }

  onDeadline(): void {
    this.#tell(() => this.#events.onSilent());
  }

  // To the origin.

  flowTo(sink: BodySink): void {
    this.#sink = sink;
    this.#flow();
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#held.length === 0) this.#source.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#flow();
  }

  discard(): void {
    this.#held = [];
    this.#source.discard();
  }

  #flow(): void {
    while (this.#held.length > 0 && !this.#isPaused) this.#sink?.onBytes(this.#held.shift()!);
    if (this.#isPaused) return;
    if (this.#isEnded) this.#sink?.onEnd();
    else {
      this.#sink?.onLull();
      this.#source.resume();
    }
  }

  #wait(): void {
    if (!this.#isTold) this.deadlineMs = this.#deadlines.nowMs + this.#idleMs;
  }

  #tell(word: () => void): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#deadlines.unwatch(this);
    word();
  }
}
