import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { RequestReader } from '../http/index.ts';
import { LocalConnection, type LocalConnectionPorts } from './localConnection.ts';

export interface LocalServerPorts extends Omit<LocalConnectionPorts, 'reader'> {
  /** More are turned away at once. */
  readonly connectionsMax: number;
  /** The first mishap while it listens, a connection that could not be accepted. It goes on; more would say the same. */
  onError(error: Error): void;
}

/**
 * HTTP for people and tools on this machine, on a unix socket that its owner alone may open: one request per connection,
 * bounded in connections, bytes and time, whatever is sent. Nothing that comes in ends the process, and an answer that
 * cannot be made is the user's `failed`.
 *
 * On the edge's own reader of requests: `node:http` would cost a process 17 MB for one answer in a while.
 */
export class LocalServer {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  constructor(ports: LocalServerPorts) {
    const reader = new RequestReader();
    // Half open: who has said all may still read the answer.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#open.add(socket);
      socket.on('close', () => this.#open.delete(socket));
      new LocalConnection(socket, { ...ports, reader });
    });
    this.#server.maxConnections = ports.connectionsMax;
    let hasFailed = false;
    this.#server.on('error', (error) => {
      if (!this.#server.listening || hasFailed) return;
      hasFailed = true;
      ports.onError(error);
    });
  }

  /** Where it listens: the path, or address and port. Rejects when it cannot; it may be tried again then. */
  listen(where: string | { readonly host: string; readonly port: number }): Promise<string> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      const settled = () => void server.off('error', failed).off('listening', listening);
      const failed = (error: Error) => {
        settled();
        reject(error);
      };
      const listening = () => {
        settled();
        if (typeof where === 'string') chmodSync(where, 0o600);
        resolve(addressOf(server));
      };
      server.on('error', failed).on('listening', listening);
      try {
        if (typeof where === 'string') listenOnPath(server, where);
        else server.listen(where);
      } catch (error) {
        failed(error as Error);
      }
    });
  }

  /** Takes no more, and ends what is open. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#open) socket.destroy();
    return closed;
  }
}

function listenOnPath(server: Server, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true }); // Left behind by a process that was killed.
  // Bound within the call: between that and its mode there is no moment at which others could open it.
  const before = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
}

function addressOf(server: Server): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) return String(address);
  return address.address.includes(':') ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
}
