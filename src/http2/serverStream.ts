import { HeldBody } from './heldBody.ts';
import { http2Limits } from './limits.ts';
import { ReceiveWindow } from './receiveWindow.ts';
import type { RequestFields } from './requestFields.ts';
import { WaitingBody } from './waitingBody.ts';

/** Told of what happens on a stream. After `onBroken` or the last of `onEnd` and `onOver` nothing follows. */
export interface StreamHandler {
  /** A piece of the request's body, lent for the call. Only while it flows. */
  onBytes(bytes: Buffer): void;
  /** No more has arrived for now. */
  onLull(): void;
  /** The request's body is complete. */
  onEnd(): void;
  /** There is room again after `write` said false. */
  onRoom(): void;
  /** The stream is over: `isWhole`, request and answer are complete; otherwise it was reset, or its connection is gone. */
  onOver(isWhole: boolean): void;
}

/** What a stream asks of its session. */
export interface StreamOwner {
  answer(stream: ServerStream, status: number, raw: readonly string[], numbers: readonly number[]): void;
  write(stream: ServerStream, bytes: Buffer): boolean;
  end(stream: ServerStream): void;
  reset(stream: ServerStream, code: number): void;
  /** So much of the request's body was taken. */
  onTaken(stream: ServerStream, bytes: number): void;
}

/** The head of an answer that waits to be sent. */
export interface WaitingHead {
  readonly status: number;
  readonly raw: readonly string[];
  readonly numbers: readonly number[];
}

/**
 * One stream of a server: a request and its answer. What arrives of a body before anybody takes it is kept here, as much
 * as the stream's window allows.
 */
export class ServerStream {
  readonly id: number;
  /** Undefined: its header fields are larger than is taken. It wants an answer that says so. */
  readonly request: RequestFields | undefined;
  /** The request ended with its head. */
  readonly isBodyless: boolean;
  readonly #owner: StreamOwner;
  #handler: StreamHandler | undefined;

  // Kept by the session.
  isOver = false;
  /** The visitor sends no more. */
  isRequestOver = false;
  /** All of the answer is sent. */
  isAnswerOver = false;
  readonly receiveWindow = new ReceiveWindow(http2Limits.streamWindowBytes);
  /** Of the body as the head declared it; -1: it declared none. */
  bytesMissing: number;

  // Kept by its output.
  sendWindow: number;
  waitingHead: WaitingHead | undefined;
  readonly waiting = new WaitingBody();
  isEnding = false;
  /** It stands in the line of those who may send. */
  isInLine = false;
  /** Its writer waits for room. */
  isFull = false;
  /** Where the flags of its last frame are, in the piece of memory of number `pieceNumber`. */
  flagsAt = -1;
  pieceNumber = -1;

  #flow: 'held' | 'flowing' | 'discarding' = 'held';
  readonly #held = new HeldBody();
  #hasToldEnd = false;
  #isDelivering = false;

  constructor(
    owner: StreamOwner,
    id: number,
    request: RequestFields | undefined,
    isBodyless: boolean,
    sendWindow: number,
  ) {
    this.#owner = owner;
    this.id = id;
    this.request = request;
    this.isBodyless = isBodyless;
    this.isRequestOver = isBodyless;
    this.bytesMissing = request?.contentLength ?? -1;
    this.sendWindow = sendWindow;
  }

  handleWith(handler: StreamHandler): void {
    this.#handler = handler;
  }

  // The request's body.

  /** From here on it is given to the handler, until `pause`. */
  flow(): void {
    if (this.#flow !== 'held') return;
    this.#flow = 'flowing';
    this.#deliver();
  }

  pause(): void {
    if (this.#flow === 'flowing') this.#flow = 'held';
  }

  /** The rest of it concerns nobody. */
  discard(): void {
    this.#flow = 'discarding';
    this.#dropHeld();
  }

  get isDiscarding(): boolean {
    return this.#flow === 'discarding';
  }

  // The answer.

  answer(status: number, raw: readonly string[], numbers: readonly number[]): void {
    this.#owner.answer(this, status, raw, numbers);
  }

  /**
   * `bytes` are lent for the call, except that pieces above `http2Limits.copiedBytesMax` must stay as they are from a false
   * to the handler's `onRoom`.
   */
  write(bytes: Buffer): boolean {
    return this.#owner.write(this, bytes);
  }

  end(): void {
    this.#owner.end(this);
  }

  reset(code: number): void {
    this.#owner.reset(this, code);
  }

  // Called by the session.

  /** `bytes` are lent for the call. */
  receive(bytes: Buffer, from: number, to: number): void {
    if (this.#flow === 'flowing' && this.#held.isEmpty) {
      this.#handler!.onBytes(bytes.subarray(from, to));
      this.#owner.onTaken(this, to - from);
    } else if (this.#flow === 'discarding') this.#owner.onTaken(this, to - from);
    else this.#held.add(bytes, from, to);
  }

  lull(): void {
    if (this.#flow === 'flowing' && !this.isOver) this.#handler!.onLull();
  }

  /** The request is complete. */
  requestEnded(): void {
    this.isRequestOver = true;
    if (this.#flow === 'flowing' && !this.#isDelivering) this.#deliver();
  }

  hasRoom(): void {
    this.#handler?.onRoom();
  }

  /** Called once. */
  over(isWhole: boolean): void {
    this.isOver = true;
    this.waitingHead = undefined;
    this.waiting.drop();
    this.#dropHeld();
    this.#handler?.onOver(isWhole);
  }

  /** Gives away what is held, as long as somebody takes it. */
  #deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    const handler = this.#handler!;
    let hasGiven = false;
    while (this.#flow === 'flowing') {
      const bytes = this.#held.take();
      if (bytes === undefined) break;
      hasGiven = true;
      handler.onBytes(bytes);
      this.#owner.onTaken(this, bytes.length);
    }
    this.#isDelivering = false;
    if (this.#flow !== 'flowing' || this.isOver) return;
    if (!this.isRequestOver) {
      if (hasGiven) handler.onLull();
    } else if (!this.#hasToldEnd) {
      this.#hasToldEnd = true;
      handler.onEnd();
    }
  }

  #dropHeld(): void {
    const bytes = this.#held.drop();
    if (bytes > 0) this.#owner.onTaken(this, bytes);
  }
}
