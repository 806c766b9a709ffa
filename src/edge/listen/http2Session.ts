import { performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { http2Fingerprint, readHttp2Preface } from '../../wire/index.ts';
import { edgeLimits } from '../limits.ts';
import type { Deadlines, Waiting } from '../sockets/deadlines.ts';
import { HeldBytes } from '../sockets/heldBytes.ts';
import { answerStream, StreamExchange } from './streamExchange.ts';
import { readStreamHead } from './streamHead.ts';
import type { ConnectionFacts, VisitorConnectionOwner } from './visitorConnectionOwner.ts';

/** Bounds of one session; those of frames and floods are nghttp2's, told here where Node's own are wide. */
const sessionOptions = {
  settings: {
    enablePush: false,
    maxConcurrentStreams: 128,
    maxHeaderListSize: edgeLimits.headBytesMax,
    initialWindowSize: 256 << 10,
  },
  maxHeaderListPairs: 110,
  maxSettings: 32,
  maxOutstandingPings: 10,
  maxOutstandingSettings: 10,
  /** Megabytes; a session that holds more is ended. */
  maxSessionMemory: 8,
  maxSessionInvalidFrames: 50,
  maxSessionRejectedStreams: 50,
  // Rapid reset (CVE-2023-44487): a page has some hundred resources, and a visitor that leaves cancels them all once.
  streamResetBurst: 400,
  streamResetRate: 20,
  // An origin's doubtful fields are its own affair.
  strictSingleValueFields: false,
};

/** A client that asks at once has its first request here by then: it comes with the preface. */
const prefaceWaitMs = 30;

interface OpenedStream {
  readonly stream: ServerHttp2Stream;
  readonly rawHeaders: string[];
  readonly flags: number;
}

/**
 * One HTTP/2 connection of a visitor, on `node:http2`. Its first frames are looked at before the library takes the
 * connection, for the fingerprint.
 */
export class Http2Session implements Waiting {
  deadlineMs: number;
  deadlineIndex = -1;
  readonly peerAddress: string;
  readonly isPeerTrusted: boolean;
  readonly #owner: VisitorConnectionOwner;
  readonly #deadlines: Deadlines;
  readonly #socket: TLSSocket;
  readonly #facts: ConnectionFacts;
  readonly #held = new HeldBytes();
  readonly #exchanges = new Set<StreamExchange>();
  /** Opened, and not looked at yet. */
  readonly #opened: OpenedStream[] = [];
  #session: ServerHttp2Session | undefined;
  #isClosed = false;
  /** It was told to go and is idle. */
  #isLeaving = false;
  /** At the last look all answers were handed over, and nothing has moved since. */
  #isStuck = false;
  #patience: NodeJS.Timeout | undefined;

  constructor(owner: VisitorConnectionOwner, deadlines: Deadlines, socket: TLSSocket, facts: ConnectionFacts) {
    this.#owner = owner;
    this.#deadlines = deadlines;
    this.#socket = socket;
    this.#facts = facts;
    this.peerAddress = facts.peerAddress;
    this.isPeerTrusted = owner.trusted.has(facts.peerAddress);
    this.deadlineMs = deadlines.nowMs + edgeLimits.headMs;
    deadlines.watch(this);
    socket.on('error', ignore);
    socket.on('close', () => this.#onClose());
    socket.on('data', this.#onPreface);
  }

  get isIdle(): boolean {
    return this.#exchanges.size === 0 && this.#opened.length === 0;
  }

  /** Streams that are open are answered; no new ones are taken. */
  drain(): void {
    if (this.#session === undefined) this.#socket.destroy();
    else this.#session.close();
  }

  destroy(): void {
    this.#session?.destroy();
    this.#socket.destroy();
  }

  onDeadline(): void {
    if (this.#session === undefined) this.destroy();
    else if (this.#exchanges.size > 0) this.#lookForStuck();
    else if (this.#isLeaving) this.destroy();
    else {
      // Idle for long enough.
      this.#isLeaving = true;
      this.#session.close();
      this.#wait(edgeLimits.lingerMs);
    }
  }

  /** Answers that are handed over and not taken: nobody but the visitor could move them. */
  #lookForStuck(): void {
    const isWaited = [...this.#exchanges].every((exchange) => exchange.isHandedOver);
    if (isWaited && this.#isStuck) this.destroy();
    this.#isStuck = isWaited;
    this.#wait(this.#owner.bodyIdleMs);
  }

  readonly #onPreface = (bytes: Buffer): void => {
    this.#held.add(bytes, 0, bytes.length);
    const all = this.#held.bytes.subarray(0, this.#held.length);
    const read = readHttp2Preface(all);
    if (read.kind === 'done') this.#begin(http2Fingerprint(read.preface));
    else if (read.kind === 'refused') {
      // The library says so to the visitor; there is no fingerprint of it.
      this.#owner.onRejection(read.reason);
      this.#begin(undefined);
    } else if (read.soFar !== null && this.#patience === undefined) {
      // Some clients wait for the server's SETTINGS before they ask for anything.
      this.#patience = setTimeout(() => this.#begin(undefined), prefaceWaitMs);
    }
  };

  #begin(fingerprint: string | undefined): void {
    clearTimeout(this.#patience);
    const socket = this.#socket;
    if (socket.destroyed || this.#session !== undefined) return;
    socket.off('data', this.#onPreface);
    socket.pause();
    const first = this.#held.take();
    socket.unshift(first.bytes.subarray(0, first.end));
    const facts = fingerprint === undefined ? this.#facts : { ...this.#facts, http2: fingerprint };
    const session = performServerHandshake(socket, sessionOptions);
    this.#session = session;
    session.on('error', () => this.#owner.onRejection('http2-error'));
    session.on('close', () => socket.destroy());
    session.on('stream', (stream, _headers, flags, rawHeaders) => {
      // From here on it may fail at any time, and unheard that would end the worker.
      stream.on('error', ignore);
      const opened = { stream: stream as ServerHttp2Stream, rawHeaders: rawHeaders as unknown as string[], flags };
      if (this.#opened.push(opened) === 1) setImmediate(() => this.#takeOpened(facts));
    });
    this.#wait(edgeLimits.keepAliveMs);
  }

  /**
   * Streams are taken once the bytes that opened them are read to their end. Those that were opened and reset in one go
   * (rapid reset) have cost nothing by then; the library itself ends the session only after the whole read.
   */
  #takeOpened(facts: ConnectionFacts): void {
    for (const { stream, rawHeaders, flags } of this.#opened.splice(0)) {
      if (stream.destroyed || stream.closed || stream.aborted) continue;
      try {
        this.#onStream(stream, rawHeaders, flags, facts);
      } catch (error) {
        this.#owner.onFailure(error);
        stream.destroy();
      }
    }
  }

  #onStream(stream: ServerHttp2Stream, rawHeaders: string[], flags: number, facts: ConnectionFacts): void {
    const endsWithHead = (flags & endStreamFlag) !== 0;
    const read = readStreamHead(rawHeaders, facts, this.isPeerTrusted ? this.#owner.trusted : undefined, endsWithHead);
    if (typeof read === 'string') {
      this.#owner.onRejection(read);
      answerStream(stream, read);
      return;
    }
    const exchange = new StreamExchange(stream, read, this, facts, () => {
      this.#exchanges.delete(exchange);
      this.#isStuck = false;
      if (this.#exchanges.size === 0) this.#wait(edgeLimits.keepAliveMs);
    });
    this.#exchanges.add(exchange);
    this.#isStuck = false;
    this.#wait(this.#owner.bodyIdleMs);
    this.#owner.onExchange(exchange);
  }

  #wait(forMs: number): void {
    this.deadlineMs = this.#deadlines.nowMs + forMs;
  }

  #onClose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#patience);
    this.#deadlines.unwatch(this);
    this.#owner.onClosed(this);
  }
}

/** NGHTTP2_FLAG_END_STREAM. */
const endStreamFlag = 1;

function ignore(): void {}
