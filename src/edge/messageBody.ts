import type { IncomingMessage } from 'node:http';
import type { BodySink, BodySource } from './bodies.ts';

/** A body as `node:http` reads it, on either side. */
export class MessageBody implements BodySource {
  readonly #message: IncomingMessage;

  constructor(message: IncomingMessage) {
    this.#message = message;
  }

  flowTo(sink: BodySink): void {
    const message = this.#message;
    if (message.destroyed && !message.readableEnded) {
      sink.onFailure();
      return;
    }
    let isOver = false;
    message.on('error', () => {
      if (isOver) return;
      isOver = true;
      sink.onFailure();
    });
    message.on('end', () => {
      if (isOver) return;
      isOver = true;
      sink.onEnd();
    });
    message.on('data', (bytes: Buffer) => {
      if (!isOver) sink.onBytes(bytes);
    });
  }

  pause(): void {
    this.#message.pause();
  }

  resume(): void {
    this.#message.resume();
  }

  discard(): void {
    this.#message.removeAllListeners('data');
    // A body that breaks off while it is thrown away concerns nobody.
    this.#message.on('error', ignore);
    this.#message.resume();
  }
}

function ignore(): void {}
