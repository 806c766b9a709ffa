import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs';
import type { LogFields } from '../kernel/log.ts';

const logFileBytesMax = 64 << 20;

/** The log of all processes: to a file, bounded (one file and the one before it), and to whoever listens. */
export class UpLog {
  readonly #path: string;
  readonly #onLine: (line: string) => void;
  #bytes: number;

  constructor(path: string, onLine: (line: string) => void) {
    this.#path = path;
    this.#onLine = onLine;
    this.#bytes = existsSync(path) ? statSync(path).size : 0;
  }

  /** A disk that takes no more lines costs lines, nothing else. */
  line(text: string): void {
    try {
      if (this.#bytes > logFileBytesMax) {
        renameSync(this.#path, `${this.#path}.1`);
        this.#bytes = 0;
      }
      appendFileSync(this.#path, `${text}\n`, { mode: 0o600 });
      this.#bytes += text.length + 1;
    } catch {
      // The listener still gets it.
    }
    this.#onLine(text);
  }

  event(name: string, fields: LogFields): void {
    const level = name === 'process-started' ? 'info' : 'error';
    this.line(JSON.stringify({ at: new Date().toISOString(), level, process: 'up', event: name, ...fields }));
  }
}
