import { createConnection, type Socket } from 'node:net';
import { observationBytes } from '../../bots/index.ts';
import { peerLimits } from './limits.ts';
import type { PeerCounts } from './peerCounts.ts';
import { helloOf } from './peerFrames.ts';

export interface PeerSenderEvents {
  /** The connection is there. */
  onOpen(sender: PeerSender): void;
  /** It is over, or never was. `refused`: nobody listens at the path. */
  onClose(sender: PeerSender, refused: boolean): void;
}

/** The way to one peer. It only speaks: what the peer has to say comes on a connection of its own. Never waits, never throws. */
export class PeerSender {
  readonly name: string;
  readonly #counts: PeerCounts;
  readonly #socket: Socket;
  #isOpen = false;

  constructor(path: string, name: string, counts: PeerCounts, events: PeerSenderEvents) {
    this.name = name;
    this.#counts = counts;
    const socket = createConnection({ path });
    this.#socket = socket;
    let refused = false;
    socket.unref();
    socket.resume();
    socket.on('connect', () => {
      this.#isOpen = true;
      events.onOpen(this);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      refused = error.code === 'ECONNREFUSED';
    });
    socket.on('close', () => {
      this.#isOpen = false;
      events.onClose(this, refused);
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether it took all that it was given so far. */
  get isFree(): boolean {
    return this.#isOpen && this.#socket.writableLength === 0;
  }

  hello(own: string, wantsStates: boolean): void {
    this.#socket.write(helloOf(own, wantsStates));
  }

  /** A peer that does not read loses observations rather than costing memory. */
  tell(frame: Uint8Array, observations: number): void {
    if (!this.#isOpen) this.#counts.lost.gone += observations;
    else if (this.#socket.writableLength + frame.length > peerLimits.waitingBytesMax) {
      this.#counts.lost.slow += observations;
    } else {
      this.#counts.told += observations;
      this.#socket.write(frame);
    }
  }

  send(frame: Uint8Array): void {
    if (this.#isOpen) this.#socket.write(frame);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Observations in a payload of whole ones. */
export function observationsIn(payload: Uint8Array): number {
  return payload.length / observationBytes;
}
