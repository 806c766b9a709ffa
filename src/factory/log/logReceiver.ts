import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { logLimits } from '../../contract/logBatch.ts';
import type { TimerClock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import { FrameReader } from './frameReader.ts';
import { receivingLimits } from './limits.ts';

/**
 * The unix socket that workers send their batches to. Always read at once, whatever ClickHouse does: what cannot be kept
 * is dropped by whoever takes the frames.
 */
export class LogReceiver {
  readonly #onFrame: (frame: Buffer) => void;
  readonly #clock: TimerClock;
  readonly #log: Logger;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #framesRefused = 0;

  constructor(onFrame: (frame: Buffer) => void, clock: TimerClock, log: Logger) {
    this.#onFrame = onFrame;
    this.#clock = clock;
    this.#log = log;
  }

  /** Connections ended because of a frame that was none. */
  get framesRefused(): number {
    return this.#framesRefused;
  }

  /** Takes the path over from a factory that is gone. Rejects when it cannot be bound. */
  async listen(path: string): Promise<void> {
    rmSync(path, { force: true });
    const server = createServer((socket) => this.#accept(socket));
    server.maxConnections = receivingLimits.logConnectionsMax;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    server.on('error', (error) => this.#log.error('log-socket-failed', { error: error.message }));
    this.#server = server;
  }

  /** Takes no new connection, reads what the open ones still send until they end, `logLastReadMs` at most, then ends them. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    const late = this.#clock.after(receivingLimits.logLastReadMs, () => {
      for (const socket of this.#sockets) socket.destroy();
    });
    await closed;
    late.cancel();
  }

  #accept(socket: Socket): void {
    const reader = new FrameReader(logLimits.frameBytesMax);
    this.#sockets.add(socket);
    socket.on('data', (chunk: Buffer) => {
      const frames = reader.push(chunk);
      if (frames !== null) return frames.forEach(this.#onFrame);
      this.#framesRefused++;
      this.#log.warn('log-frame-refused', { limit: logLimits.frameBytesMax });
      socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
