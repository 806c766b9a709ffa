import { connect, type LookupFunction, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { BodyReader, type ResponseReader } from '../../http/index.ts';
import type { BodySink, BodySource, ResponseHead, Tunnel } from '../exchange/bodies.ts';
import { readInto } from '../sockets/acceptSockets.ts';
import { ByteTunnel } from '../sockets/byteTunnel.ts';
import type { Deadlines, Waiting } from '../sockets/deadlines.ts';
import { HeldBytes } from '../sockets/heldBytes.ts';
import { socketLimits } from '../sockets/limits.ts';
import type { ReadMemory } from '../sockets/readMemory.ts';
import { SocketWriter } from '../sockets/socketWriter.ts';
import type { Turns } from '../sockets/turns.ts';
import type { Endpoint } from './endpoint.ts';
import type { OriginTlsContexts, TlsEndpoint } from './originTlsContexts.ts';

/** What the connections of a worker to its origins share. */
export interface OriginPorts {
  readonly memory: ReadMemory;
  readonly deadlines: Deadlines;
  readonly turns: Turns;
  readonly reader: ResponseReader;
  readonly lookup: LookupFunction;
  readonly tls: OriginTlsContexts;
}

/** Waits of a connection, out of its site's settings. */
export interface OriginTimes {
  readonly connectTimeoutMs: number;
  /** 0: it carries one request. */
  readonly keepAliveMs: number;
}

/** The request that a connection carries. None of its methods throws. */
export interface OriginCall {
  readonly isHead: boolean;
  readonly offersUpgrade: boolean;
  /** The whole request was handed over, so that the connection may carry another one behind it. */
  readonly isSent: boolean;
  onConnected(): void;
  onContinue(): void;
  onResponse(head: ResponseHead, body: BodySource): void;
  onSwitched(head: ResponseHead, tunnel: Tunnel): void;
  onRoom(): void;
  /** The response is complete. The connection is free, or gone, already. */
  onComplete(): void;
  /** No response, or no more of it, will come over this connection. */
  onLost(how: Loss, cause: string): void;
}

export type Loss = 'connect-failed' | 'connect-timeout' | 'closed' | 'malformed';

/** Told by a connection. */
export interface OriginConnectionOwner {
  /** It may carry the next request. */
  onFree(connection: OriginConnection): void;
  onGone(connection: OriginConnection): void;
}

/** Interim responses before the final one; more is a mistake of the origin. */
const interimMax = 16;

/**
 * One HTTP/1.1 connection to an origin: carries one request at a time. It is the body source of the response that it
 * reads.
 */
export class OriginConnection implements Waiting, BodySource {
  readonly key: string;
  readonly writer: SocketWriter;
  deadlineMs: number;
  deadlineIndex = -1;
  /** Requests it has carried before this one. */
  carried = 0;
  readonly #socket: Socket;
  readonly #ports: OriginPorts;
  readonly #owner: OriginConnectionOwner;
  readonly #times: OriginTimes;
  #call: OriginCall | undefined;
  #body: BodyReader | undefined;
  #sink: BodySink | undefined;
  #tunnel: ByteTunnel | undefined;
  #held: HeldBytes | undefined;
  #ownMemory: Buffer | undefined;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';
  #isPaused = false;
  #isDiscarding = false;
  #isKeptAlive = false;
  #interim = 0;
  /** Whether anything of an answer to the present request has arrived. */
  #hasAnswer = false;
  #lostBy = 'the connection ended';

  constructor(ports: OriginPorts, owner: OriginConnectionOwner, endpoint: Endpoint, times: OriginTimes) {
    this.key = endpoint.key;
    this.#ports = ports;
    this.#owner = owner;
    this.#times = times;
    const socket = this.#connect(endpoint);
    this.#socket = socket;
    this.writer = new SocketWriter(socket, ports.turns, () => this.#call?.onRoom());
    this.deadlineMs = ports.deadlines.nowMs + times.connectTimeoutMs;
    ports.deadlines.watch(this);
    socket.on(endpoint.tls === undefined ? 'connect' : 'secureConnect', () => this.#onConnect());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#lostBy = error.message;
    });
    socket.on('end', () => this.#onEnd());
    socket.on('close', () => this.#onClose());
  }

  #connect(endpoint: Endpoint): Socket {
    const { lookup, memory, tls } = this.#ports;
    const { host, port } = endpoint;
    const options = { host, port, lookup, noDelay: true, onread: readInto(() => this, memory.shared) };
    if (endpoint.tls === undefined) return connect(options);
    const encrypted = tls.optionsFor(endpoint as TlsEndpoint);
    if (encrypted.ok) return connectTls({ ...options, ...encrypted.value });
    // The edge's own certificate or key cannot be used: as if the origin had refused.
    return new Socket().destroy(new Error(encrypted.error));
  }

  get readMemory(): Buffer {
    return this.#ownMemory ?? this.#ports.memory.shared;
  }

  get isOpen(): boolean {
    return this.#state !== 'closed' && !this.#socket.destroyed;
  }

  get isConnected(): boolean {
    return this.#state === 'open';
  }

  /** Whether nothing of an answer to the present request has arrived. */
  get isUnanswered(): boolean {
    return !this.#hasAnswer;
  }

  /** Takes a request over. Its head goes out with the writer's next flush. */
  carry(call: OriginCall): void {
    this.#call = call;
    this.#hasAnswer = false;
    this.#isDiscarding = false;
    this.#isPaused = false;
    this.#interim = 0;
    if (this.#state === 'open') this.deadlineMs = Number.POSITIVE_INFINITY;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  onDeadline(): void {
    // Otherwise it was idle for long enough.
    if (this.#state === 'connecting')
      this.#lose('connect-timeout', `no connection after ${this.#times.connectTimeoutMs} ms`);
    this.#socket.destroy();
  }

  /** The last line: whatever is thrown on some input ends this connection and its request, which reports it. */
  receive(bytes: Buffer, end: number): void {
    try {
      this.#receive(bytes, end);
    } catch (error) {
      this.#fail(error);
    }
  }

  #receive(bytes: Buffer, end: number): void {
    if (this.#tunnel !== undefined) this.#tunnel.receive(bytes.subarray(0, end));
    else if (this.#held === undefined) this.#read(bytes, 0, end);
    else {
      this.#held.add(bytes, 0, end);
      this.#readHeld();
    }
  }

  // The response's body.

  flowTo(sink: BodySink): void {
    this.#sink = sink;
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#held !== undefined) this.#readHeld();
    if (!this.#isPaused && this.#state === 'open') this.#socket.resume();
  }

  discard(): void {
    this.#isDiscarding = true;
    this.resume();
  }

  /** Whoever asks for it, a visitor that has room again for one, must not pay for what is thrown; see `receive`. */
  #readHeld(): void {
    const { bytes, end } = this.#held!.take();
    this.#held = undefined;
    try {
      this.#read(bytes, 0, end);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#lose('malformed', `a failure of the edge: ${String(error)}`);
    this.#socket.destroy();
  }

  #read(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end && this.#state === 'open') {
      const call = this.#call;
      if (call === undefined) {
        // Nobody asked for this: whatever comes next could not be told from an answer.
        this.#socket.destroy();
        return;
      }
      this.#hasAnswer = true;
      if (this.#body === undefined) {
        at = this.#readHead(call, bytes, at, end);
        if (at === -1) return;
        continue;
      }
      if (this.#isPaused) {
        this.#hold(bytes, at, end);
        return;
      }
      if (bytes === this.#ports.memory.shared && end - at > socketLimits.copiedBytesMax) {
        this.#ownMemory ??= this.#ports.memory.makeOwn();
        bytes.copy(this.#ownMemory, 0, at, end);
        bytes = this.#ownMemory;
        end -= at;
        at = 0;
      }
      at = this.#body.read(bytes, at, end, this);
      if (at === -1) {
        this.#lose('malformed', this.#body.fault);
        this.#socket.destroy();
        return;
      }
      if (this.#body.isDone) this.#complete(at < end);
    }
    if (this.#body !== undefined) {
      this.#ownMemory ??= this.#ports.memory.makeOwn();
      if (!this.#isDiscarding) this.#sink?.onLull();
    }
  }

  /** Called by the body's reader. */
  onBytes(bytes: Buffer): void {
    if (!this.#isDiscarding) this.#sink?.onBytes(bytes);
  }

  #readHead(call: OriginCall, bytes: Buffer, start: number, end: number): number {
    const { reader } = this.#ports;
    const next = reader.read(bytes, start, end, call.isHead);
    if (next === 0) {
      this.#hold(bytes, start, end);
      return -1;
    }
    if (next === -1) {
      this.#lose('malformed', reader.fault);
      this.#socket.destroy();
      return -1;
    }
    const head: ResponseHead = { status: reader.status, reason: reader.reason, fields: reader.fields };
    if (reader.status < 200) return this.#readInterim(call, head, bytes, next, end);
    this.#isKeptAlive = reader.isKeptAlive;
    this.#body = new BodyReader(reader.bodyBytes);
    call.onResponse(head, this);
    if (this.#call === call && this.#body.isDone) this.#complete(next < end);
    return next;
  }

  #readInterim(call: OriginCall, head: ResponseHead, bytes: Buffer, next: number, end: number): number {
    this.#interim += 1;
    if (head.status === 101 && call.offersUpgrade) {
      const first = next < end ? Buffer.from(bytes.subarray(next, end)) : undefined;
      this.#tunnel = new ByteTunnel(this.#socket, this.#ports.deadlines, first);
      this.deadlineMs = Number.POSITIVE_INFINITY;
      call.onSwitched(head, this.#tunnel);
      return -1;
    }
    if (head.status === 101 || this.#interim > interimMax) {
      const cause =
        head.status === 101 ? 'it switches to a protocol that nobody asked for' : 'it sends no final response';
      this.#lose('malformed', cause);
      this.#socket.destroy();
      return -1;
    }
    if (head.status === 100) call.onContinue();
    return next;
  }

  /** The response is whole. Whoever waits for the next free connection gets it before its reader is told. */
  #complete(hasMore: boolean): void {
    const call = this.#call!;
    const sink = this.#sink;
    const isDiscarding = this.#isDiscarding;
    this.#call = undefined;
    this.#body = undefined;
    this.#sink = undefined;
    this.#ownMemory = undefined;
    this.carried += 1;
    const isUsable = this.#state === 'open' && !this.#socket.readableEnded;
    if (this.#isKeptAlive && this.#times.keepAliveMs > 0 && !hasMore && call.isSent && isUsable) {
      this.deadlineMs = this.#ports.deadlines.nowMs + this.#times.keepAliveMs;
      if (this.#isPaused) this.#socket.resume();
      this.#isPaused = false;
      this.#owner.onFree(this);
    } else this.#socket.destroy();
    call.onComplete();
    if (!isDiscarding) sink?.onEnd();
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    this.#held ??= new HeldBytes();
    this.#held.add(bytes, start, end);
  }

  #lose(how: Loss, cause: string): void {
    const call = this.#call;
    const sink = this.#sink;
    const hadResponse = this.#body !== undefined;
    this.#call = undefined;
    this.#body = undefined;
    this.#sink = undefined;
    if (call === undefined) return;
    call.onLost(how, cause);
    if (hadResponse && !this.#isDiscarding) sink?.onFailure();
  }

  #onConnect(): void {
    this.#state = 'open';
    this.deadlineMs = Number.POSITIVE_INFINITY;
    this.#call?.onConnected();
  }

  /** The origin closed its half: nothing more will come. A body without a length ends with that. */
  #onEnd(): void {
    if (this.#tunnel !== undefined) {
      this.#tunnel.close();
      return;
    }
    if (this.#held !== undefined && this.#body !== undefined) {
      // TLS goes on for one read after a pause. The socket closes now, and with it whatever waits for a resume.
      this.#isPaused = false;
      this.#readHeld();
    }
    if (this.#body?.endsWithConnection === true) this.#complete(true);
    else this.#socket.destroy();
  }

  #onClose(): void {
    if (this.#state === 'closed') return;
    const wasConnecting = this.#state === 'connecting';
    this.#state = 'closed';
    this.#ports.deadlines.unwatch(this);
    this.#tunnel?.close();
    this.#owner.onGone(this);
    this.#lose(wasConnecting ? 'connect-failed' : 'closed', this.#lostBy);
  }
}
