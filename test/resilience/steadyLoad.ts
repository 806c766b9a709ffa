import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a load made of its requests. */
export interface LoadReport {
  readonly requests: number;
  readonly failures: readonly string[];
  /** When each request was answered (ms since the start of the load) and how long it took. */
  readonly answers: readonly { readonly atMs: number; readonly tookMs: number }[];
}

/**
 * Keep-alive connections that each send one request after another, strictly: no request is ever repeated, so a
 * connection that is closed under a request counts as a failure. A close that was announced (`Connection: close`) does
 * not; the next request opens another connection.
 */
export class SteadyLoad {
  readonly #port: number;
  readonly #pauseMs: number;
  readonly #fields: string;
  readonly #startedAtMs = performance.now();
  readonly #failures: string[] = [];
  readonly #answers: { atMs: number; tookMs: number }[] = [];
  readonly #lanes: Promise<void>[];
  #isOver = false;

  /** `fields`: further lines of each head. */
  constructor(port: number, connections: number, pauseMs: number, fields = '') {
    this.#port = port;
    this.#fields = fields;
    this.#pauseMs = pauseMs;
    this.#lanes = Array.from({ length: connections }, () => this.#lane());
  }

  get nowMs(): number {
    return performance.now() - this.#startedAtMs;
  }

  get requests(): number {
    return this.#answers.length + this.#failures.length;
  }

  async stop(): Promise<LoadReport> {
    this.#isOver = true;
    await Promise.all(this.#lanes);
    return { requests: this.requests, failures: this.#failures, answers: this.#answers };
  }

  async #lane(): Promise<void> {
    let connection: Connection | undefined;
    while (!this.#isOver) {
      const startMs = performance.now();
      try {
        connection ??= new Connection(this.#port);
        const { status, closes } = await connection.get(this.#fields);
        if (status === 200) this.#answers.push({ atMs: this.nowMs, tookMs: performance.now() - startMs });
        else this.#failures.push(`status ${status}`);
        if (closes) {
          connection.end();
          connection = undefined;
        }
      } catch (error) {
        this.#failures.push(error instanceof Error ? error.message : String(error));
        connection = undefined;
      }
      if (this.#pauseMs > 0) await sleep(this.#pauseMs);
    }
    connection?.end();
  }
}

/** One client connection; answers have a Content-Length. */
class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #settle:
    | { resolve: (answer: { status: number; closes: boolean }) => void; reject: (error: Error) => void }
    | undefined;
  #broken: Error | undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (bytes) => this.#read(Buffer.from(bytes)));
    this.#socket.on('error', (error) => this.#break(error));
    this.#socket.on('close', () => this.#break(new Error('closed without a word')));
  }

  get(fields: string): Promise<{ status: number; closes: boolean }> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) return reject(this.#broken);
      this.#settle = { resolve, reject };
      const usual = 'GET /page HTTP/1.1\r\nHost: load.example\r\nUser-Agent: steady-load\r\nAccept: */*\r\n';
      this.#socket.write(`${usual}${fields}\r\n`);
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.#received.subarray(0, headEnd).toString('latin1').toLowerCase();
    const length = Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) {
      this.#break(new Error(`an answer without Content-Length: ${head}`));
      return;
    }
    if (this.#received.length < headEnd + 4 + length) return;
    this.#received = this.#received.subarray(headEnd + 4 + length);
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.resolve({ status: Number(head.split(' ')[1]), closes: /\r\nconnection: close/.test(head) });
  }

  #break(error: Error): void {
    this.#broken ??= error;
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.reject(error);
  }
}

/** The value below which `share` of the times lie. */
export function quantile(timesMs: readonly number[], share: number): number {
  const sorted = [...timesMs].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
