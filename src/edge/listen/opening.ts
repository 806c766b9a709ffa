import type { Socket } from 'node:net';
import type { Rejection } from '../../contract/reasons/answerReasons.ts';
import { type ClientHello, readClientHello, readProxyHeader, wireLimits } from '../../wire/index.ts';
import { edgeLimits } from '../exchange/limits.ts';
import type { Deadlines, Waiting } from '../sockets/deadlines.ts';
import { HeldBytes } from '../sockets/heldBytes.ts';

/** What a connection says of itself before HTTP begins. */
export interface Opened {
  /** As the PROXY header told it; undefined: it told nothing, or none was expected. */
  readonly source: string | undefined;
  readonly hello: ClientHello | undefined;
}

export interface OpeningEvents {
  /** What was only looked at is the socket's to read again. */
  onOpened(socket: Socket, opened: Opened): void;
  /** The socket is still open. */
  onRejected(socket: Socket, reason: Rejection): void;
  /** It ended, or nothing came of it in time. */
  onGone(socket: Socket, reason: Rejection | undefined): void;
}

/** Which of the two a listener expects. */
export interface Expected {
  readonly proxyHeader: boolean;
  readonly clientHello: boolean;
}

const bytesMax = wireLimits.proxyHeaderBytesMax + wireLimits.helloBytesMax * 2;

/**
 * Reads a connection's first bytes: the PROXY header, which it takes away, and the ClientHello, which it only looks at
 * before TLS takes the socket. All of it within `edgeLimits.headMs`.
 */
export class Opening implements Waiting {
  deadlineMs: number;
  deadlineIndex = -1;
  readonly #socket: Socket;
  readonly #deadlines: Deadlines;
  readonly #expected: Expected;
  readonly #events: OpeningEvents;
  readonly #held = new HeldBytes();
  #source: string | undefined;
  #isProxyHeaderDone: boolean;
  /** What of `#held` the PROXY header took. */
  #used = 0;
  #isOver = false;

  constructor(socket: Socket, deadlines: Deadlines, expected: Expected, events: OpeningEvents) {
    this.#socket = socket;
    this.#deadlines = deadlines;
    this.#expected = expected;
    this.#events = events;
    this.#isProxyHeaderDone = !expected.proxyHeader;
    this.deadlineMs = deadlines.nowMs + edgeLimits.headMs;
    deadlines.watch(this);
    socket.on('error', ignore);
    socket.on('data', this.#onData);
    socket.on('close', this.#onGone);
    socket.on('end', this.#onGone);
  }

  onDeadline(): void {
    const reason = this.#held.length === 0 ? undefined : 'preface-timeout';
    if (this.#finish()) this.#events.onGone(this.#socket, reason);
    this.#socket.destroy();
  }

  readonly #onData = (bytes: Buffer): void => {
    this.#held.add(bytes, 0, bytes.length);
    const all = this.#held.bytes.subarray(0, this.#held.length);
    if (!this.#isProxyHeaderDone && !this.#readProxyHeader(all)) return;
    const rest = all.subarray(this.#used);
    if (!this.#expected.clientHello) {
      this.#open(rest, undefined);
      return;
    }
    const read = readClientHello(rest);
    if (read.kind === 'done') this.#open(rest, read.hello);
    else if (read.kind === 'rejected') this.#refuse(read.reason);
    else if (all.length > bytesMax) this.#refuse('hello-too-large');
  };

  /** Whether it is whole. */
  #readProxyHeader(all: Buffer): boolean {
    const read = readProxyHeader(all);
    if (read.kind === 'rejected') this.#refuse(read.reason);
    if (read.kind !== 'done') return false;
    this.#isProxyHeaderDone = true;
    this.#used = read.bytesUsed;
    this.#source = read.source?.address;
    return true;
  }

  #open(rest: Buffer, hello: ClientHello | undefined): void {
    if (!this.#finish()) return;
    this.#socket.pause();
    if (rest.length > 0) this.#socket.unshift(rest);
    this.#events.onOpened(this.#socket, { source: this.#source, hello });
  }

  #refuse(reason: Rejection): void {
    if (this.#finish()) this.#events.onRejected(this.#socket, reason);
  }

  readonly #onGone = (): void => {
    const reason = this.#held.length === 0 ? undefined : 'connection-lost';
    if (this.#finish()) this.#events.onGone(this.#socket, reason);
    this.#socket.destroy();
  };

  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#deadlines.unwatch(this);
    this.#socket.off('data', this.#onData);
    this.#socket.off('close', this.#onGone);
    this.#socket.off('end', this.#onGone);
    return true;
  }
}

function ignore(): void {}
