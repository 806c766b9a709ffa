import type { Socket } from 'node:net';
import type { Tunnel } from './bodies.ts';

/** One end of a tunnel on a socket that its codec has let go of. */
export class SocketTunnel implements Tunnel {
  readonly #socket: Socket;
  readonly #first: Uint8Array;

  /** `first`: what was read behind the head already. */
  constructor(socket: Socket, first: Uint8Array) {
    this.#socket = socket;
    this.#first = first;
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    if (this.#first.length > 0) listener(this.#first);
    this.#socket.on('data', listener);
    this.#socket.resume();
  }

  onRoom(listener: () => void): void {
    this.#socket.on('drain', listener);
  }

  onClosed(listener: () => void): void {
    this.#socket.on('error', () => {});
    this.#socket.on('end', listener);
    this.#socket.on('close', listener);
  }

  write(bytes: Uint8Array): boolean {
    // The upstream side reads into one shared buffer, and a queued write would be overwritten there.
    return this.#socket.destroyed || this.#socket.write(Buffer.from(bytes));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.destroySoon();
  }
}
