import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type RequestHead, RequestReader } from '../../http/index.ts';
import { edgeLimits } from '../limits.ts';
import type { Rejection } from '../reasons.ts';
import { acceptSockets } from '../sockets/acceptSockets.ts';
import type { Deadlines } from '../sockets/deadlines.ts';
import type { ReadMemory } from '../sockets/readMemory.ts';
import type { Exchange } from './exchange.ts';
import { type TrustedPeers, unmapped } from './trustedPeers.ts';
import { VisitorConnection, type VisitorListener } from './visitorConnection.ts';

/** Called by the listener for what arrives. Neither may throw. */
export interface ListenerEvents {
  onExchange(exchange: Exchange): void;
  /** Something was turned away before it became an exchange. */
  onRejection(reason: Rejection): void;
  /** A bug on our side of some input; its connection is gone. */
  onFailure(error: unknown): void;
}

/** What the sockets of a worker share. */
export interface SocketPorts {
  readonly memory: ReadMemory;
  readonly deadlines: Deadlines;
}

/**
 * The visitors' side: accepts, counts, and ends connections. Nothing that a visitor sends reaches the process as an
 * exception.
 */
export class HttpListener implements VisitorListener {
  readonly reader = new RequestReader();
  readonly memory: ReadMemory;
  readonly deadlines: Deadlines;
  readonly trusted: TrustedPeers;
  readonly scheme: RequestHead['scheme'] = 'http';
  readonly bodyIdleMs: number;
  readonly #server: Server;
  readonly #events: ListenerEvents;
  readonly #connections = new Set<VisitorConnection>();
  #isDraining = false;
  #onEmpty: (() => void) | undefined;

  constructor(
    trusted: TrustedPeers,
    sockets: SocketPorts,
    events: ListenerEvents,
    bodyIdleMs: number = edgeLimits.bodyIdleMs,
  ) {
    this.trusted = trusted;
    this.memory = sockets.memory;
    this.deadlines = sockets.deadlines;
    this.bodyIdleMs = bodyIdleMs;
    this.#events = events;
    this.#server = createServer();
  }

  /** Resolves when it listens. Rejects with Node's error (EADDRINUSE, EACCES …). */
  listen(where: { readonly fd: number } | { readonly host: string; readonly port: number }): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(where, () => {
        this.#server.off('error', reject);
        this.#server.on('error', () => {});
        acceptSockets(this.#server, this.memory.shared, (socket) => this.#accept(socket));
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** How many are open. */
  get connections(): number {
    return this.#connections.size;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /**
   * Accepts no more. Open connections get `Connection: close` with their next answer; idle ones stay until then, because
   * closing one may cross a request that is on its way.
   */
  drain(onEmpty: () => void): void {
    this.#isDraining = true;
    this.#onEmpty = onEmpty;
    this.#server.close();
    if (this.#connections.size === 0) onEmpty();
  }

  /** Ends connections on which no request is underway. */
  closeIdle(): void {
    for (const connection of this.#connections) if (connection.isIdle) connection.destroy();
  }

  /** Ends whatever is still open. */
  destroyAll(): void {
    for (const connection of this.#connections) connection.destroy();
    this.#server.close();
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

  onClosed(connection: VisitorConnection): void {
    this.#connections.delete(connection);
    if (this.#isDraining && this.#connections.size === 0) this.#onEmpty?.();
  }

  #accept(socket: Socket): VisitorConnection | undefined {
    if (this.#connections.size >= edgeLimits.connectionsMax) {
      this.#events.onRejection('connections-too-many');
      socket.destroy();
      return undefined;
    }
    const connection = new VisitorConnection(this, socket, unmapped(socket.remoteAddress ?? ''));
    this.#connections.add(connection);
    return connection;
  }
}
