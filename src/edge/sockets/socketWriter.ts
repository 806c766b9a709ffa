import type { Socket } from 'node:net';
import { type DirectWriteEvents, writeBytesDirectly, writeDirectly } from './directWrite.ts';
import { socketLimits } from './limits.ts';
import type { AtTurnEnd, Turns } from './turns.ts';

/**
 * The writing half of a socket. Text and small pieces gather and go out in one write; a large piece is written from where
 * it lies. It keeps one write under way at the most: `isFull` says that its owner must wait for `onRoom`.
 */
export class SocketWriter implements AtTurnEnd {
  readonly #socket: Socket;
  readonly #turns: Turns;
  readonly #onRoom: () => void;
  /** One character per octet. */
  #text = '';
  #isFull = false;
  /** It has a place in the end of this turn. */
  #isDue = false;
  /** Direct writes that the kernel has not taken yet. */
  #pending = 0;
  readonly #isPlain: boolean;
  /** More waiting bytes than this, and it is full. */
  readonly #waitingMax: number;

  /** `onRoom`: all that was written is in the kernel's hands again, after `isFull`. */
  constructor(socket: Socket, turns: Turns, onRoom: () => void) {
    this.#socket = socket;
    this.#turns = turns;
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
      if (this.#text.length + bytes.length > socketLimits.copiedBytesMax) this.flushNow();
      if (bytes.length < socketLimits.directBytesMin || !this.#writeDirectly(bytes)) {
        this.#text += bytes.toString('latin1');
      }
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

  /** With the text before them; false: not done. */
  #writeDirectly(bytes: Buffer): boolean {
    if (!this.#isPlain || this.#socket.destroyed) return false;
    if (!writeBytesDirectly(this.#socket, this.#text, bytes, this.#direct)) return false;
    this.#text = '';
    return true;
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

  /** What has gathered goes out at the end of the turn: all sockets' writes in a row cost a quarter less. */
  flush(): void {
    if (this.#isDue || this.#text === '') return;
    if (this.#isFull || this.#text.length >= socketLimits.copiedBytesMax) {
      this.flushNow();
      return;
    }
    this.#isDue = true;
    this.#turns.add('write', this);
  }

  onTurnEnd(): void {
    this.#isDue = false;
    this.flushNow();
  }

  /** Writes what has gathered, for who does something else with the socket next. */
  flushNow(): void {
    const text = this.#text;
    if (text === '') return;
    this.#text = '';
    const socket = this.#socket;
    if (socket.destroyed) return;
    if (this.#isPlain && writeDirectly(socket, text, this.#direct)) return;
    socket.write(text, 'latin1', this.#onWritten);
    if (socket.writableLength > this.#waitingMax) this.#isFull = true;
  }

  readonly #direct: DirectWriteEvents = {
    onPending: () => {
      this.#pending += 1;
      this.#isFull = true;
    },
    onWritten: () => {
      this.#pending -= 1;
      this.#onWritten();
    },
  };

  readonly #onWritten = (): void => {
    if (!this.#isFull || this.#pending > 0 || this.#socket.writableLength > this.#waitingMax) return;
    this.#isFull = false;
    if (!this.#socket.destroyed) this.#onRoom();
  };
}
