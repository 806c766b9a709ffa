import type { TLSSocket } from 'node:tls';
import { type Rejection, rejections } from '../../contract/reasons/answerReasons.ts';
import type { Handshake } from '../../http/index.ts';
import { errorCode, type OutMemory, ServerSession, type ServerStream, type SessionEvents } from '../../http2/index.ts';
import { type ConnectionFacts, handshakeOf } from '../exchange/connectionFacts.ts';
import { edgeLimits } from '../exchange/limits.ts';
import type { Deadlines, Waiting } from '../sockets/deadlines.ts';
import type { AtTurnEnd, TurnStep, Turns } from '../sockets/turns.ts';
import { type StreamConnection, StreamExchange } from './streamExchange.ts';
import { readStreamHead } from './streamHead.ts';
import type { OpenConnection, VisitorConnectionOwner } from './visitorConnectionOwner.ts';

/** What a listener shares with its HTTP/2 connections. */
export interface Http2Listener extends VisitorConnectionOwner {
  readonly deadlines: Deadlines;
  readonly turns: Turns;
  readonly outMemory: OutMemory;
}

/**
 * One HTTP/2 connection of a visitor. What a turn of the event loop brings of requests is looked at when its reads are over,
 * and what there is to send goes out in one write: requests and answers share the price of TLS.
 */
export class Http2Connection implements OpenConnection, Waiting, AtTurnEnd, SessionEvents, StreamConnection {
  deadlineMs: number;
  deadlineIndex = -1;
  readonly peerAddress: string;
  readonly isPeerTrusted: boolean;
  readonly #listener: Http2Listener;
  readonly #socket: TLSSocket;
  readonly #session: ServerSession;
  readonly #exchanges = new Set<StreamExchange>();
  #facts: ConnectionFacts;
  #handshake: Handshake | null = null;
  /**
   * open: requests are taken; asked: the visitor was asked to send no more; refusing: no more are taken; leaving: nothing
   * is read, and what was written goes out; closed.
   */
  #state: 'open' | 'asked' | 'refusing' | 'leaving' | 'closed' = 'open';
  /** It has streams to take, or bytes to write, at the end of this turn. */
  #hasOpened = false;
  #isDue = false;
  /** The kernel has not taken the last write yet. */
  #isWriting = false;
  /** The wait for the first request, or for the rest of a head, has begun. */
  #isHeadAwaited = true;
  /** At the last look all answers were handed over, and nothing has moved since. */
  #isStuck = false;
  #isHurried = false;
  #hasEnded = false;

  constructor(listener: Http2Listener, socket: TLSSocket, facts: ConnectionFacts) {
    this.#listener = listener;
    this.#socket = socket;
    this.#facts = facts;
    this.peerAddress = facts.peerAddress;
    this.isPeerTrusted = listener.trusted.has(facts.peerAddress);
    this.deadlineMs = listener.deadlines.nowMs + edgeLimits.headMs;
    listener.deadlines.watch(this);
    this.#session = new ServerSession(this, listener.outMemory, () => listener.deadlines.nowMs);
    socket.on('error', ignore);
    socket.on('end', () => this.#onEnd());
    socket.on('close', () => this.#onClose());
    socket.on('data', (bytes: Buffer) => this.receive(bytes, bytes.length));
  }

  get facts(): ConnectionFacts {
    return this.#facts;
  }

  get isIdle(): boolean {
    return this.#session.openStreams === 0;
  }

  /**
   * What was read, lent for the call. The last line: whatever is thrown on some input ends this connection, not the worker,
   * and is reported.
   */
  receive(bytes: Buffer, end: number): void {
    if (this.#state === 'leaving' || this.#state === 'closed') return;
    try {
      this.#session.receive(bytes, 0, end);
      if (this.isIdle) this.#awaitHead();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Streams that are open are answered; no new ones are taken. */
  drain(): void {
    if (this.#state !== 'open') return;
    this.#state = 'asked';
    this.#session.askToLeave();
    this.deadlineMs = Math.min(this.deadlineMs, this.#listener.deadlines.nowMs + edgeLimits.goAwayMs);
  }

  closeIdle(): void {
    if (!this.isIdle) return;
    if (this.#isWriting || this.#session.output.hasWork) this.#refuse();
    else this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  onDeadline(): void {
    switch (this.#state) {
      case 'asked':
        this.#refuse();
        return;
      case 'open':
      case 'refusing':
        if (this.#exchanges.size > 0) this.#lookForStuck();
        // Answers to what was no request, and nobody takes them.
        else if (this.#state === 'refusing') this.destroy();
        else if (this.#isHeadAwaited) {
          this.#listener.onRejection('head-timeout');
          this.destroy();
        } else this.#refuse();
        return;
      default:
        this.destroy();
    }
  }

  onTurnEnd(step: TurnStep): void {
    if (step === 'take') this.#hasOpened = false;
    else this.#isDue = false;
    if (this.#state === 'closed') return;
    try {
      if (step === 'take') for (const stream of this.#session.takeOpened()) this.#begin(stream);
      else {
        this.#flush();
        this.#leaveWhenIdle();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  // Told by the session.

  onOutput(): void {
    this.#beDue();
  }

  onOpened(): void {
    if (this.#hasOpened) return;
    this.#hasOpened = true;
    this.#listener.turns.add('take', this);
  }

  onRejected(reason: 'malformed' | 'too-many'): void {
    this.#listener.onRejection(reason === 'malformed' ? 'http2-malformed' : 'streams-too-many');
  }

  onBroken(code: number): void {
    this.#listener.onRejection('http2-error');
    // Whoever floods is not waited for.
    this.#isHurried = code === errorCode.enhanceYourCalm;
    this.#leave();
  }

  onPong(): void {
    if (this.#state === 'asked') this.#refuse();
  }

  // Told by exchanges.

  onExchangeOver(exchange: StreamExchange): void {
    this.#exchanges.delete(exchange);
    this.#isStuck = false;
    if (this.#exchanges.size > 0) return;
    this.#wait(edgeLimits.keepAliveMs);
    this.#leaveWhenIdle();
  }

  #begin(stream: ServerStream): void {
    if (stream.isOver) return;
    try {
      this.#take(stream);
    } catch (error) {
      this.#listener.onFailure(error);
      stream.reset(errorCode.internal);
    }
  }

  #take(stream: ServerStream): void {
    const { trusted } = this.#listener;
    if (this.#facts.http2 === undefined) {
      this.#facts = { ...this.#facts, http2: this.#session.opening.fingerprint };
      if (!this.isPeerTrusted) this.#handshake = handshakeOf(this.#facts);
    }
    const { request, isBodyless } = stream;
    if (request !== undefined && !this.isPeerTrusted) trusted.notice(request, this.peerAddress);
    const read =
      request === undefined
        ? 'head-too-large'
        : readStreamHead(
            request,
            { peerAddress: this.peerAddress, handshake: this.#handshake },
            this.isPeerTrusted ? trusted : undefined,
            isBodyless,
          );
    if (typeof read === 'string') {
      this.#listener.onRejection(read);
      answerRejection(stream, read);
      return;
    }
    const exchange = new StreamExchange(stream, read, this);
    this.#exchanges.add(exchange);
    this.#isStuck = false;
    this.#isHeadAwaited = false;
    this.#wait(this.#listener.bodyIdleMs);
    this.#listener.onExchange(exchange);
  }

  #beDue(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#listener.turns.add('write', this);
  }

  /** One write at a time: what comes up meanwhile goes out with the next one. */
  #flush(): void {
    const socket = this.#socket;
    if (this.#isWriting || socket.destroyed) return;
    const { output } = this.#session;
    output.pump();
    const taken = output.take();
    if (taken !== undefined) {
      this.#session.onOutputTaken();
      this.#isWriting = true;
      socket.write(taken.piece.bytes.subarray(0, taken.length), this.#onWritten);
      // No write was under way, so TLS has encrypted it, or copied what it could not.
      output.written(taken.piece);
    }
    output.tellRoom();
    if (this.#state === 'leaving') this.#end();
  }

  readonly #onWritten = (): void => {
    this.#isWriting = false;
    if (this.#state === 'closed') return;
    this.#isStuck = false;
    if (this.#session.output.hasWork || this.#state === 'leaving') this.onTurnEnd('write');
  };

  /** Answers that are handed over and not taken: nobody but the visitor could move them. */
  #lookForStuck(): void {
    const isWaited = [...this.#exchanges].every((exchange) => exchange.isHandedOver);
    if (isWaited && this.#isStuck) this.destroy();
    this.#isStuck = isWaited;
    this.#wait(this.#listener.bodyIdleMs);
  }

  /** Between requests: the rest of a head that has begun has as much time as one of HTTP/1.1. */
  #awaitHead(): void {
    const isInHead = this.#session.isInHead;
    if (isInHead === this.#isHeadAwaited || this.#state !== 'open') return;
    this.#isHeadAwaited = isInHead;
    this.#wait(isInHead ? edgeLimits.headMs : edgeLimits.keepAliveMs);
  }

  /** No more requests: idle for long, or told to go. */
  #refuse(): void {
    if (this.#state !== 'open' && this.#state !== 'asked') return;
    this.#state = 'refusing';
    this.#session.refuseMore();
    this.#wait(this.#listener.bodyIdleMs);
    this.#leaveWhenIdle();
  }

  #leaveWhenIdle(): void {
    if (this.#state === 'refusing' && this.isIdle) this.#leave();
  }

  /** What was written goes out, then the connection ends. What the visitor may still send is thrown away. */
  #leave(): void {
    if (this.#state === 'leaving' || this.#state === 'closed') return;
    this.#state = 'leaving';
    this.#wait(this.#isHurried || this.#hasEnded ? this.#listener.bodyIdleMs : edgeLimits.lingerMs);
    if (this.#isHurried && this.#isWriting) this.destroy();
    else this.#beDue();
  }

  #end(): void {
    if (this.#isWriting && this.#session.output.hasWork) return;
    if (this.#isHurried || this.#hasEnded) this.#socket.destroySoon();
    else this.#socket.end();
  }

  #fail(error: unknown): void {
    this.#listener.onFailure(error);
    this.#socket.destroy();
  }

  #wait(forMs: number): void {
    const deadlineMs = this.#listener.deadlines.nowMs + forMs;
    // A visitor that was asked to send no more has its time for that, whatever else goes on.
    this.deadlineMs = this.#state === 'asked' ? Math.min(this.deadlineMs, deadlineMs) : deadlineMs;
  }

  /** The visitor sends no more; what it asked for as a whole is still answered. */
  #onEnd(): void {
    this.#hasEnded = true;
    for (const exchange of this.#exchanges) exchange.cutOff();
    if (this.#state === 'leaving') this.#socket.destroySoon();
    else if (this.#state !== 'refusing') this.#refuse();
  }

  #onClose(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#listener.deadlines.unwatch(this);
    this.#session.close();
    this.#listener.onClosed(this);
  }
}

/** Refuses what is no exchange, with an answer. */
function answerRejection(stream: ServerStream, reason: Rejection): void {
  const { status, says } = rejections[reason];
  const body = Buffer.from(`${says}\n`);
  const fields = [
    ['content-type', 'text/plain; charset=utf-8'],
    ['content-length', String(body.length)],
    ['holdfast-error', reason],
  ];
  stream.discard();
  stream.answer(status, fields.flat(), [0, 0, 0]);
  if (stream.request?.method !== 'HEAD') stream.write(body);
  stream.end();
}

function ignore(): void {}
