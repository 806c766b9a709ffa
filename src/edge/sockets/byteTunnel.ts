import type { Socket } from 'node:net';
import type { Tunnel } from '../exchange/bodies.ts';
import { edgeLimits } from '../exchange/limits.ts';
import type { Deadlines, Waiting } from './deadlines.ts';

/** One end of a tunnel on a connection that no longer speaks HTTP; its connection tells it what arrives. */
export class ByteTunnel implements Tunnel {
  readonly #socket: Socket;
  readonly #deadlines: Deadlines;
  /** What arrived before anybody listened. */
  #first: Buffer | undefined;
  #listener: ((bytes: Buffer) => void) | undefined;
  #onClosed: (() => void) | undefined;
  #isClosed = false;

  /** `first`: what was read behind the head already; its own memory. */
  constructor(socket: Socket, deadlines: Deadlines, first: Buffer | undefined) {
    this.#socket = socket;
    this.#deadlines = deadlines;
    this.#first = first;
  }

  onBytes(listener: (bytes: Buffer) => void): void {
    this.#listener = listener;
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined) listener(first);
    this.resume();
  }

  onRoom(listener: () => void): void {
    this.#socket.on('drain', listener);
  }

  onClosed(listener: () => void): void {
    if (this.#isClosed) listener();
    else this.#onClosed = listener;
  }

  write(bytes: Buffer): boolean {
    // Both ends read to memory that serves others, and this write may have to wait.
    return this.#socket.destroyed || this.#socket.write(Buffer.from(bytes));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    socket.destroySoon();
    // Whoever reads nothing would keep what waits, and the connection, for ever.
    const deadlineMs = this.#deadlines.nowMs + edgeLimits.lingerMs;
    const linger: Waiting = { deadlineMs, deadlineIndex: -1, onDeadline: () => socket.destroy() };
    this.#deadlines.watch(linger);
    socket.on('close', () => this.#deadlines.unwatch(linger));
  }

  /** Told by the connection. */
  receive(bytes: Buffer): void {
    if (this.#listener !== undefined) this.#listener(bytes);
    else this.#first = this.#first === undefined ? Buffer.from(bytes) : Buffer.concat([this.#first, bytes]);
  }

  /** Told by the connection. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClosed?.();
  }
}
