import type { Socket } from 'node:net';
import { type Rejection, rejections } from '../../contract/reasons/answerReasons.ts';
import { type Handshake, type RequestReader, requestHead } from '../../http/index.ts';
import type { Tunnel } from '../exchange/bodies.ts';
import { type ConnectionFacts, handshakeOf } from '../exchange/connectionFacts.ts';
import { edgeLimits } from '../exchange/limits.ts';
import { ByteTunnel } from '../sockets/byteTunnel.ts';
import type { Deadlines, Waiting } from '../sockets/deadlines.ts';
import { HeldBytes } from '../sockets/heldBytes.ts';
import { socketLimits } from '../sockets/limits.ts';
import type { ReadMemory } from '../sockets/readMemory.ts';
import { SocketWriter } from '../sockets/socketWriter.ts';
import type { Turns } from '../sockets/turns.ts';
import { rejectionText } from './rejectionText.ts';
import { isRequestLoop } from './requestLoop.ts';
import type { OpenConnection, VisitorConnectionOwner } from './visitorConnectionOwner.ts';
import { type ExchangeConnection, VisitorExchange } from './visitorExchange.ts';

/** What a listener shares with its connections. */
export interface VisitorListener extends VisitorConnectionOwner {
  readonly reader: RequestReader;
  readonly memory: ReadMemory;
  readonly deadlines: Deadlines;
  readonly turns: Turns;
  readonly isDraining: boolean;
}

/**
 * One HTTP/1.1 connection of a visitor. Requests are read and answered one after the other; what a visitor sends ahead
 * waits here, one read of it at the most, and then in the kernel.
 */
export class VisitorConnection implements ExchangeConnection, OpenConnection, Waiting {
  readonly socket: Socket;
  readonly writer: SocketWriter;
  readonly facts: ConnectionFacts;
  readonly isPeerTrusted: boolean;
  readonly handshake: Handshake | null;
  deadlineMs: number;
  deadlineIndex = -1;
  readonly #listener: VisitorListener;
  #exchange: VisitorExchange | undefined;
  #tunnel: ByteTunnel | undefined;
  #held: HeldBytes | undefined;
  /** Memory of its own while a body goes on over many reads. */
  #ownMemory: Buffer | undefined;
  /**
   * reading: a request, or the next one; lingering: the last answer is on its way, what arrives is thrown away; closed.
   */
  #state: 'reading' | 'lingering' | 'closed' = 'reading';
  #hasEnded = false;
  #isInTurn = false;
  #isAfterAnswer = false;
  /** The wait for the head that is being read has begun; a connection's first one does with it. */
  #isHeadAwaited = true;

  constructor(listener: VisitorListener, socket: Socket, facts: ConnectionFacts) {
    this.#listener = listener;
    this.socket = socket;
    this.facts = facts;
    this.isPeerTrusted = listener.trusted.has(facts.peerAddress);
    this.handshake = this.isPeerTrusted ? null : handshakeOf(facts);
    this.writer = new SocketWriter(socket, listener.turns, () => this.#onRoom());
    this.deadlineMs = listener.deadlines.nowMs + edgeLimits.headMs;
    listener.deadlines.watch(this);
    socket.on('error', ignore);
    socket.on('end', () => this.#onEnd());
    socket.on('close', () => this.#onClose());
  }

  /** Where the next read goes. */
  get readMemory(): Buffer {
    return this.#ownMemory ?? this.#listener.memory.shared;
  }

  get isIdle(): boolean {
    return this.#exchange === undefined && this.#held === undefined;
  }

  get peerAddress(): string {
    return this.facts.peerAddress;
  }

  get mayGoOn(): boolean {
    return !this.#listener.isDraining && !this.#hasEnded;
  }

  /**
   * What was read: the first `end` octets of `bytes`, which is `readMemory` as it was before, or the connection's for good.
   * The last line: whatever is thrown on some input ends this connection, not the worker, and is reported.
   */
  receive(bytes: Buffer, end: number): void {
    try {
      this.#receive(bytes, end);
    } catch (error) {
      this.#listener.onFailure(error);
      this.socket.destroy();
    }
  }

  #receive(bytes: Buffer, end: number): void {
    if (this.#state !== 'reading') return;
    if (this.#tunnel !== undefined) {
      this.#tunnel.receive(bytes.subarray(0, end));
      return;
    }
    const held = this.#held;
    if (held === undefined) {
      this.#turn(bytes, 0, end);
      return;
    }
    // A head that arrives in pieces is read again when a line of it may be complete, not for every piece.
    const isWorthReading = this.#exchange !== undefined || bytes.subarray(0, end).includes(0x0a);
    held.add(bytes, 0, end);
    if (isWorthReading || held.length >= edgeLimits.headBytesMax) this.#turnHeld();
  }

  /**
   * Its next answer says `Connection: close`. An idle connection stays until then, because closing it may cross a request
   * that is on its way.
   */
  drain(): void {}

  closeIdle(): void {
    if (this.isIdle) this.#leave();
  }

  // Called by its exchange.

  readBody(): void {
    if (!this.#isInTurn) this.#goOn();
  }

  pauseReading(): void {
    this.socket.pause();
  }

  onAnswered(isKeptAlive: boolean): void {
    const exchange = this.#exchange!;
    if (!isKeptAlive || !this.mayGoOn) {
      this.#linger();
      return;
    }
    this.#isAfterAnswer = true;
    if (!exchange.isBodyDone) {
      // The visitor still sends a body that nobody waits for.
      this.#wait(edgeLimits.lingerMs);
      exchange.discard();
    } else this.#endOrAwaitRoom();
  }

  switchToTunnel(): Tunnel {
    const held = this.#held?.take();
    this.#held = undefined;
    this.#exchange = undefined;
    this.#tunnel = new ByteTunnel(this.socket, this.#listener.deadlines, held?.bytes.subarray(0, held.end));
    this.deadlineMs = Number.POSITIVE_INFINITY;
    return this.#tunnel;
  }

  destroy(): void {
    this.socket.destroy();
  }

  onDeadline(): void {
    if (this.#state === 'reading' && this.#exchange === undefined && this.#held !== undefined)
      this.#reject('head-timeout');
    // Being idle, or reading no answer, is nobody's fault; it ends all the same.
    else this.socket.destroy();
  }

  #wait(forMs: number): void {
    this.deadlineMs = this.#listener.deadlines.nowMs + forMs;
  }

  /** Reads what is held, or lets more arrive. */
  #goOn(): void {
    if (this.#state !== 'reading') return;
    try {
      if (this.#held !== undefined) this.#turnHeld();
    } catch (error) {
      this.#listener.onFailure(error);
      this.socket.destroy();
      return;
    }
    // What is held without a request under way is the beginning of a head: its rest has yet to come.
    if (this.#held === undefined || this.#exchange === undefined) this.#resume();
  }

  #resume(): void {
    if (this.socket.isPaused()) this.socket.resume();
  }

  #turnHeld(): void {
    const { bytes, end } = this.#held!.take();
    this.#held = undefined;
    this.#turn(bytes, 0, end);
  }

  /** Takes messages out of `bytes` until there is no whole one left or somebody has to wait. */
  #turn(bytes: Buffer, start: number, end: number): void {
    this.#isInTurn = true;
    let at = start;
    while (at < end && this.#state === 'reading') {
      const exchange = this.#exchange;
      if (this.#tunnel !== undefined) {
        this.#tunnel.receive(Buffer.from(bytes.subarray(at, end)));
        break;
      }
      if (exchange === undefined) {
        const next = this.#listener.reader.read(bytes, at, end);
        if (next > 0) {
          at = next;
          this.#begin();
          continue;
        }
        if (next === -1) this.#reject(this.#listener.reader.fault);
        else this.#hold(bytes, at, end);
        break;
      }
      if (!exchange.isReading) {
        this.#hold(bytes, at, end);
        this.socket.pause();
        break;
      }
      if (bytes === this.#listener.memory.shared && end - at > socketLimits.copiedBytesMax) {
        // Too large to be copied at each step of its way: once, to where it may stay.
        this.#ownMemory ??= this.#listener.memory.makeOwn();
        bytes.copy(this.#ownMemory, 0, at, end);
        bytes = this.#ownMemory;
        end -= at;
        at = 0;
      }
      at = exchange.readBody(bytes, at, end);
      if (at === -1) {
        this.#reject(exchange.bodyFault);
        break;
      }
      if (!exchange.isBodyDone) continue;
      // Its end may still wait to be written from there; what follows is read elsewhere.
      this.#ownMemory = undefined;
      if (this.#isAfterAnswer) this.#endOrAwaitRoom();
    }
    this.#isInTurn = false;
    const exchange = this.#exchange;
    if (exchange !== undefined && !exchange.isBodyDone) this.#keepReadingBody(exchange);
  }

  #keepReadingBody(exchange: VisitorExchange): void {
    if (!exchange.isReading) return;
    exchange.lull();
    this.#ownMemory ??= this.#listener.memory.makeOwn();
    // Whoever paused it may have changed its mind in this very turn.
    this.#resume();
  }

  #begin(): void {
    const { reader, trusted } = this.#listener;
    if (isRequestLoop(reader.fields)) {
      this.#reject('request-loop');
      return;
    }
    const { facts } = this;
    const told = this.isPeerTrusted ? trusted.told(reader.fields, facts) : undefined;
    if (told === undefined) trusted.notice(reader.fields, facts.peerAddress);
    const head = requestHead({
      method: reader.method,
      target: reader.target,
      version: reader.version,
      rawHeaders: reader.fields.raw,
      fieldNumbers: reader.fields.numbers,
      scheme: told?.scheme ?? facts.scheme,
      clientAddress: told?.clientAddress ?? facts.peerAddress,
      handshake: this.handshake,
      isRelayed: this.isPeerTrusted,
    });
    const exchange = new VisitorExchange(this, head, reader);
    this.#exchange = exchange;
    this.#isAfterAnswer = false;
    this.#isHeadAwaited = false;
    this.deadlineMs = Number.POSITIVE_INFINITY;
    this.#listener.onExchange(exchange);
  }

  /** The next request waits until the answer before it is out. */
  #endOrAwaitRoom(): void {
    if (this.#hasEnded) this.writer.flushNow();
    if (this.writer.isFull) this.#wait(this.#listener.bodyIdleMs);
    else this.#endExchange();
  }

  #endExchange(): void {
    this.#exchange = undefined;
    this.#isAfterAnswer = false;
    this.#ownMemory = undefined;
    this.#wait(edgeLimits.keepAliveMs);
    if (this.#hasEnded && this.#held === undefined) this.#leave();
    else if (!this.#isInTurn) this.#goOn();
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    this.#held ??= new HeldBytes();
    this.#held.add(bytes, start, end);
    if (this.#exchange !== undefined || this.#isHeadAwaited) return;
    this.#isHeadAwaited = true;
    this.#wait(edgeLimits.headMs);
  }

  #onRoom(): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    if (!this.#isAfterAnswer) exchange.hasRoom();
    else if (exchange.isBodyDone && this.#state === 'reading') this.#endExchange();
  }

  #reject(reason: Rejection): void {
    this.#listener.onRejection(reason);
    const exchange = this.#exchange;
    const isFree = exchange === undefined || exchange.isUnanswered;
    exchange?.abandon();
    if (!isFree || rejections[reason].status === 0) {
      // Another answer behind the one under way would be read as part of it.
      this.socket.destroy();
      return;
    }
    this.writer.addText(rejectionText(reason));
    this.writer.flush();
    this.#linger();
  }

  /**
   * The last answer is out. The visitor may still be sending: closing at once would reset the answer under its hands, so
   * the rest is read for a while and thrown away (RFC 9112 section 9.6).
   */
  #linger(): void {
    if (this.#state !== 'reading') return;
    this.#state = 'lingering';
    this.#held = undefined;
    this.#ownMemory = undefined;
    if (this.socket.destroyed) return;
    this.writer.flushNow();
    this.socket.end();
    if (this.#hasEnded) {
      // Nothing more can arrive; what was written still goes out.
      this.#wait(this.#listener.bodyIdleMs);
      return;
    }
    const isOnItsWay = this.writer.isFull || this.socket.writableLength > 0;
    this.#wait(isOnItsWay ? this.#listener.bodyIdleMs : edgeLimits.lingerMs);
    this.#resume();
  }

  /** The visitor closed its sending half; it may still read its answer. */
  #onEnd(): void {
    this.#hasEnded = true;
    if (this.#tunnel !== undefined) this.#tunnel.close();
    else if (this.#state === 'lingering') {
      if (!this.writer.isFull) this.socket.destroySoon();
    } else if (this.#exchange === undefined) {
      if (this.#held !== undefined) this.#listener.onRejection('connection-lost');
      this.#leave();
    } else this.#exchange.cutOff();
  }

  /** All that the visitor sent was answered, and no more is taken. */
  #leave(): void {
    this.#held = undefined;
    this.writer.flushNow();
    this.#wait(this.#listener.bodyIdleMs);
    // A piece of the answer may be on its way.
    if (this.writer.isFull || this.socket.writableLength > 0) this.socket.destroySoon();
    else this.socket.destroy();
  }

  #onClose(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#listener.deadlines.unwatch(this);
    this.#tunnel?.close();
    this.#exchange?.abandon();
    this.#exchange = undefined;
    this.#listener.onClosed(this);
  }
}

function ignore(): void {}
