import { createConnection, type Socket } from 'node:net';
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
  readonly #socket: Socket;
  #isOpen = false;

  constructor(path: string, name: string, events: PeerSenderEvents) {
    this.name = name;
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

  /** A peer that does not read loses news rather than costing memory. `counts`: of the topic that the news are of. */
  tell(frame: Uint8Array, news: number, counts: PeerCounts): void {
    if (!this.#isOpen) counts.lost.gone += news;
    else if (this.#socket.writableLength + frame.length > peerLimits.waitingBytesMax) counts.lost.slow += news;
    else {
      counts.told += news;
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
