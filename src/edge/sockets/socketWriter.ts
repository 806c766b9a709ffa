import type { Socket } from 'node:net';
import { writeDirectly } from './directWrite.ts';
import { socketLimits } from './limits.ts';

/**
 * The writing half of a socket. Text and small pieces gather and go out in one write; a large piece is written from where
 * it lies. It keeps one write under way at the most: `isFull` says that its owner must wait for `onRoom`.
 */
export class SocketWriter {
  readonly #socket: Socket;
  readonly #onRoom: () => void;
  /** One character per octet. */
  #text = '';
  #isFull = false;
  /** Direct writes that the kernel has not taken yet. */
  #pending = 0;
  readonly #isPlain: boolean;
  /** More waiting bytes than this, and it is full. */
  readonly #waitingMax: number;

  /** `onRoom`: all that was written is in the kernel's hands again, after `isFull`. */
  constructor(socket: Socket, onRoom: () => void) {
    this.#socket = socket;
    this.#onRoom = onRoom;
    // TLS takes a copy of the write under way and is done a turn later; waiting for each would only cost turns.
    this.#isPlain = !('encrypted' in socket);
    this.#waitingMax = this.#isPlain ? 0 : socketLimits.readBytes * 2;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Goes out with the next write. One character per octet. */
  addText(text: string): void {
    this.#text += text;
  }

  /**
   * Small `bytes` are copied; large ones (`copiedBytesMax`) are written at once, and stay the writer's while it is full.
   */
  addBytes(bytes: Buffer): void {
    if (bytes.length <= socketLimits.copiedBytesMax) {
      if (this.#text.length + bytes.length > socketLimits.copiedBytesMax) this.flush();
      this.#text += bytes.toString('latin1');
      return;
    }
    const socket = this.#socket;
    if (socket.destroyed) return;
    // What waits for TLS waits by reference, and its owner is not held up by it.
    const isKept = !this.#isPlain && (socket.connecting || socket.writableLength > 0);
    const isTextFirst = this.#text !== '';
    if (isTextFirst) {
      socket.cork();
      socket.write(this.#text, 'latin1', this.#onWritten);
      this.#text = '';
    }
    socket.write(isKept ? Buffer.from(bytes) : bytes, this.#onWritten);
    if (isTextFirst) socket.uncork();
    if (socket.writableLength > this.#waitingMax) this.#isFull = true;
  }

  /** The same as a chunk of a body without a length (RFC 9112 section 7.1); none for no octets, which would end it. */
  addChunk(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.addText(`${bytes.length.toString(16)}\r\n`);
    this.addBytes(bytes);
    this.addText('\r\n');
  }

  /** The end of a chunked body, without trailers. */
  addLastChunk(): void {
    this.addText('0\r\n\r\n');
  }

  /** Writes what has gathered. */
  flush(): void {
    const text = this.#text;
    if (text === '') return;
    this.#text = '';
    const socket = this.#socket;
    if (socket.destroyed) return;
    if (this.#isPlain && writeDirectly(socket, text, this.#onPending, this.#onDirect)) return;
    socket.write(text, 'latin1', this.#onWritten);
    if (socket.writableLength > this.#waitingMax) this.#isFull = true;
  }

  readonly #onPending = (): void => {
    this.#pending += 1;
    this.#isFull = true;
  };

  readonly #onDirect = (): void => {
    this.#pending -= 1;
    this.#onWritten();
  };

  readonly #onWritten = (): void => {
    if (!this.#isFull || this.#pending > 0 || this.#socket.writableLength > this.#waitingMax) return;
    this.#isFull = false;
    if (!this.#socket.destroyed) this.#onRoom();
  };
}
