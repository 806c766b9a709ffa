import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { peerAddressText } from '../../address/index.ts';
import type { ListenerKind } from '../../contract/edgeOptions.ts';
import type { Rejection } from '../../contract/reasons/answerReasons.ts';
import { RequestReader } from '../../http/index.ts';
import { OutMemory } from '../../http2/index.ts';
import { ja4 } from '../../wire/index.ts';
import type { ConnectionFacts } from '../exchange/connectionFacts.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { edgeLimits } from '../exchange/limits.ts';
import { acceptSockets } from '../sockets/acceptSockets.ts';
import type { Deadlines } from '../sockets/deadlines.ts';
import type { ReadMemory } from '../sockets/readMemory.ts';
import type { Turns } from '../sockets/turns.ts';
import { Certificates } from './certificates.ts';
import { Http2Connection } from './http2Connection.ts';
import { type Opened, Opening } from './opening.ts';
import { rejectionText } from './rejectionText.ts';
import { TlsOpening } from './tlsOpening.ts';
import type { TrustedPeers } from './trustedPeers.ts';
import { VisitorConnection, type VisitorListener } from './visitorConnection.ts';
import type { OpenConnection } from './visitorConnectionOwner.ts';

/** Called by the listener for what arrives. Neither may throw. */
export interface ListenerEvents {
  onExchange(exchange: Exchange): void;
  /** Something was turned away before it became an exchange. */
  onRejection(reason: Rejection): void;
  /** A bug on our side of some input, and its connection is gone; or a certificate that cannot be used. */
  onFailure(error: unknown): void;
  /** Whether the worker holds as many connections as it may. */
  isFull?(): boolean;
  /** Whether a new connection is turned away because there is too much to do. */
  shedsConnections?(): boolean;
}

/** What the sockets of a worker share. */
export interface SocketPorts {
  readonly memory: ReadMemory;
  readonly deadlines: Deadlines;
  readonly turns: Turns;
}

export type ListenAt = { readonly fd: number } | { readonly host: string; readonly port: number };

/**
 * The visitors' side: accepts, counts, and ends connections, each spoken to as the listener's kind says. Nothing that a
 * visitor sends reaches the process as an exception.
 */
export class HttpListener implements VisitorListener {
  readonly reader = new RequestReader();
  readonly outMemory = new OutMemory();
  readonly memory: ReadMemory;
  readonly deadlines: Deadlines;
  readonly turns: Turns;
  readonly trusted: TrustedPeers;
  readonly bodyIdleMs: number;
  readonly #kind: ListenerKind;
  readonly #server: Server;
  readonly #events: ListenerEvents;
  readonly #certificates: Certificates | undefined;
  readonly #connections = new Set<OpenConnection>();
  /** Sockets that say what they are, or shake hands. */
  readonly #opening = new Set<Socket>();
  #isDraining = false;
  #onEmpty: (() => void) | undefined;

  constructor(
    trusted: TrustedPeers,
    sockets: SocketPorts,
    events: ListenerEvents,
    bodyIdleMs: number = edgeLimits.bodyIdleMs,
    kind: ListenerKind = {},
  ) {
    this.trusted = trusted;
    this.memory = sockets.memory;
    this.deadlines = sockets.deadlines;
    this.turns = sockets.turns;
    this.bodyIdleMs = bodyIdleMs;
    this.#kind = kind;
    this.#events = events;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true });
    this.#certificates =
      kind.tls &&
      new Certificates(kind.tls.certificates, sockets.deadlines.clock, (message) =>
        events.onFailure(new Error(message)),
      );
  }

  /** Resolves when it listens. Rejects with Node's error (EADDRINUSE, EACCES …). */
  listen(where: ListenAt): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(where, () => {
        this.#server.off('error', reject);
        // Accepting can fail later (EMFILE); those connections wait in the queue.
        this.#server.on('error', () => {});
        const isPlain = this.#kind.tls === undefined && this.#kind.proxyProtocol !== true;
        if (isPlain) acceptSockets(this.#server, this.memory.shared, (socket) => this.#acceptPlain(socket));
        else this.#server.on('connection', (socket) => this.#acceptOpening(socket));
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** How many are open. */
  get connections(): number {
    return this.#connections.size + this.#opening.size;
  }

  get idleConnections(): number {
    let idle = 0;
    for (const connection of this.#connections) if (connection.isIdle) idle += 1;
    return idle;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Accepts no more. What is open ends as its protocol allows, without resetting anybody. */
  drain(onEmpty: () => void): void {
    this.#isDraining = true;
    this.#onEmpty = onEmpty;
    this.#server.close();
    this.#certificates?.close();
    for (const socket of this.#opening) socket.destroy();
    for (const connection of this.#connections) connection.drain();
    this.#tellEmpty();
  }

  /** Ends connections on which no request is underway. */
  closeIdle(): void {
    for (const connection of this.#connections) connection.closeIdle();
  }

  /** Ends whatever is still open. */
  destroyAll(): void {
    for (const connection of this.#connections) connection.destroy();
    for (const socket of this.#opening) socket.destroy();
    this.#server.close();
    this.#certificates?.close();
  }

  onExchange(exchange: Exchange): void {
    this.#events.onExchange(exchange);
  }

  onRejection(reason: Rejection): void {
    this.#events.onRejection(reason);
  }

  onFailure(error: unknown): void {
    this.#events.onFailure(error);
  }

  onClosed(connection: OpenConnection): void {
    this.#connections.delete(connection);
    this.#tellEmpty();
  }

  #tellEmpty(): void {
    if (!this.#isDraining || this.connections > 0) return;
    this.#onEmpty?.();
    this.#onEmpty = undefined;
  }

  /** Turns a connection away that there is no room for. */
  #isTurnedAway(socket: Socket): boolean {
    const isFull = this.#events.isFull?.() === true;
    if (!isFull && this.#events.shedsConnections?.() !== true) return false;
    this.#events.onRejection(isFull ? 'connections-too-many' : 'overloaded');
    socket.destroy();
    return true;
  }

  #acceptPlain(socket: Socket): VisitorConnection | undefined {
    if (this.#isTurnedAway(socket)) return undefined;
    return this.#speakHttp1(socket, factsOf(socket, undefined, 'http'));
  }

  #acceptOpening(socket: Socket): void {
    if (this.#isTurnedAway(socket)) return;
    const proxyHeader = this.#kind.proxyProtocol === true;
    // Anybody could claim to be anybody; a unix socket is guarded by its file's rights.
    const peer = peerOf(socket);
    if (proxyHeader && peer !== '' && !this.trusted.has(peer)) {
      this.#events.onRejection('proxy-untrusted');
      socket.destroy();
      return;
    }
    this.#opening.add(socket);
    socket.on('close', () => {
      this.#opening.delete(socket);
      this.#tellEmpty();
    });
    new Opening(
      socket,
      this.deadlines,
      { proxyHeader, clientHello: this.#kind.tls !== undefined },
      {
        onOpened: (_socket, opened) => this.#onOpened(socket, opened),
        onRejected: (_socket, reason) => {
          this.#events.onRejection(reason);
          // Whoever speaks HTTP to a TLS port can read an answer in HTTP.
          if (reason === 'not-tls') socket.write(rejectionText(reason));
          socket.destroySoon();
        },
        onGone: (_socket, reason) => {
          if (reason !== undefined) this.#events.onRejection(reason);
        },
      },
    );
  }

  #onOpened(socket: Socket, { source, hello }: Opened): void {
    const { tls } = this.#kind;
    if (tls === undefined) {
      this.#opening.delete(socket);
      this.#readAll(socket, this.#speakHttp1(socket, factsOf(socket, source, 'http')));
      return;
    }
    const usual = this.#certificates?.usual;
    if (usual === undefined) {
      this.#events.onRejection('tls-failed');
      socket.destroy();
      return;
    }
    const facts = { ...factsOf(socket, source, 'https'), ja4: hello && ja4(hello) };
    new TlsOpening(socket, this.#certificates!, usual, tls.http2, this.deadlines, {
      onSecure: (secure) => this.#onSecure(socket, secure, facts),
      onFailed: () => this.#events.onRejection('tls-failed'),
    });
  }

  #onSecure(socket: Socket, secure: TLSSocket, facts: ConnectionFacts): void {
    this.#opening.delete(socket);
    if (secure.alpnProtocol === 'h2') {
      const connection = new Http2Connection(this, secure, facts);
      this.#connections.add(connection);
      if (this.#isDraining) connection.drain();
    } else this.#readAll(secure, this.#speakHttp1(secure, facts));
  }

  #speakHttp1(socket: Socket, facts: ConnectionFacts): VisitorConnection {
    const connection = new VisitorConnection(this, socket, facts);
    this.#connections.add(connection);
    return connection;
  }

  /** For sockets that read to memory of their own. */
  #readAll(socket: Socket, connection: VisitorConnection): void {
    socket.on('data', (bytes: Buffer) => connection.receive(bytes, bytes.length));
    // Its opening has paused it, and then listening alone does not make it flow.
    if (socket.isPaused()) socket.resume();
  }
}

function factsOf(socket: Socket, source: string | undefined, scheme: ConnectionFacts['scheme']): ConnectionFacts {
  return { peerAddress: source ?? (peerOf(socket) || '127.0.0.1'), scheme, ja4: undefined, http2: undefined };
}

/** Empty for a unix socket. */
function peerOf(socket: Socket): string {
  return peerAddressText(socket.remoteAddress ?? '');
}
