import { createConnection, type Socket } from 'node:net';
import { type LogBatchHeader, LogBatchWriter, type LogRecord, logLimits } from '../../contract/logBatch.ts';
import type { Timer, TimerClock } from '../../kernel/clock.ts';

export const senderLimits = {
  /** Batches that wait for the receiver: a second of log at 20,000 requests a second. */
  queueBytesMax: 4 << 20,
  firstPauseMs: 100,
  pauseMsMax: 5_000,
} as const;

interface Frame {
  readonly bytes: Uint8Array;
  readonly records: number;
  /** Records that it says were dropped before it: told again by another when it is lost itself. */
  readonly tells: number;
}

/**
 * Sends the request log to the factory's unix socket. Fails open: a receiver that is slow, frozen or gone costs records,
 * which are counted, and never a request anything. `add` never waits and never throws.
 */
export class LogSender {
  readonly #path: string | null;
  readonly #writer = new LogBatchWriter();
  readonly #clock: TimerClock;
  readonly #timer: Timer;
  /** Finished frames, oldest first. */
  readonly #queue: Frame[] = [];
  #queueBytes = 0;
  #header: LogBatchHeader | undefined;
  #socket: Socket | undefined;
  /** `free`: the socket takes a frame; `full`: it holds one that the receiver has not read yet. */
  #state: 'gone' | 'connecting' | 'free' | 'full' = 'gone';
  #pauseMs: number = senderLimits.firstPauseMs;
  #retryTimer: Timer | undefined;
  /** Frames that this connection was given and has not written; lost when it closes. */
  readonly #unwritten = new Set<Frame>();
  #dropped = 0;
  #droppedUntold = 0;
  /** What the batch that is being filled says was dropped. */
  #tells = 0;
  #isClosed = false;

  /** null: there is nobody to send to; records are neither kept nor counted as dropped. */
  constructor(path: string | null, clock: TimerClock) {
    this.#path = path;
    this.#clock = clock;
    this.#timer = clock.every(logLimits.batchMs, () => this.#finishBatch(), 'lets-go');
    if (path !== null) this.#connect();
  }

  /** Records that were lost since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  get isWanted(): boolean {
    return this.#path !== null;
  }

  /** `header`: what the record was judged by; the same object for the same set, because it is compared by identity. */
  add(header: LogBatchHeader, record: LogRecord): void {
    if (this.#path === null) return;
    // Packing costs more than counting; with a full queue there is no use in it.
    if (this.#queueBytes >= senderLimits.queueBytesMax) {
      this.#drop(1);
      return;
    }
    if (header !== this.#header || this.#writer.bytes === 0) this.#begin(header);
    if (!this.#writer.add(record)) {
      this.#begin(header);
      if (!this.#writer.add(record)) this.#drop(1);
    }
    if (this.#writer.bytes >= logLimits.batchBytes) this.#finishBatch();
  }

  /** Sends what is left, as far as the receiver takes it within `timeoutMs`, and ends the connection. */
  close(timeoutMs: number): Promise<void> {
    this.#finishBatch();
    this.#isClosed = true;
    this.#timer.cancel();
    this.#retryTimer?.cancel();
    const socket = this.#socket;
    if (socket === undefined || this.#state === 'gone') {
      for (const frame of this.#queue.splice(0)) this.#lose(frame);
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = this.#clock.after(timeoutMs, () => socket.destroy());
      socket.once('close', () => {
        timer.cancel();
        resolve();
      });
      for (const next of this.#queue.splice(0)) this.#write(socket, next);
      socket.end();
    });
  }

  #begin(header: LogBatchHeader): void {
    this.#finishBatch();
    this.#header = header;
    this.#tells = this.#droppedUntold;
    this.#writer.begin(header, this.#tells);
    this.#droppedUntold = 0;
  }

  #finishBatch(): void {
    const records = this.#writer.records;
    const bytes = this.#writer.take();
    if (bytes === undefined) return;
    this.#queue.push({ bytes, records, tells: this.#tells });
    this.#queueBytes += bytes.length;
    this.#flush();
  }

  #flush(): void {
    while (this.#state === 'free') {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#queueBytes -= next.bytes.length;
      if (!this.#write(this.#socket!, next)) this.#state = 'full';
    }
  }

  /** false: the socket is full. */
  #write(socket: Socket, frame: Frame): boolean {
    this.#unwritten.add(frame);
    return socket.write(frame.bytes, (error) => {
      if (error) return;
      this.#unwritten.delete(frame);
      this.#writer.giveBack(frame.bytes);
    });
  }

  #connect(): void {
    this.#state = 'connecting';
    const socket = createConnection({ path: this.#path! });
    this.#socket = socket;
    socket.unref();
    // The receiver has nothing to say; what it says is thrown away.
    socket.resume();
    socket.on('connect', () => {
      this.#state = 'free';
      this.#pauseMs = senderLimits.firstPauseMs;
      this.#flush();
    });
    socket.on('drain', () => {
      this.#state = 'free';
      this.#flush();
    });
    socket.on('error', () => {});
    socket.on('close', () => this.#onClose());
  }

  #onClose(): void {
    this.#state = 'gone';
    this.#socket = undefined;
    for (const frame of this.#unwritten) this.#lose(frame);
    this.#unwritten.clear();
    if (this.#isClosed) return;
    this.#retryTimer = this.#clock.after(this.#pauseMs, () => this.#connect(), 'lets-go');
    this.#pauseMs = Math.min(this.#pauseMs * 2, senderLimits.pauseMsMax);
  }

  #lose({ records, tells }: Frame): void {
    this.#drop(records);
    this.#droppedUntold += tells;
  }

  #drop(records: number): void {
    this.#dropped += records;
    this.#droppedUntold += records;
  }
}
