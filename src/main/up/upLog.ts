import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs';
import { type LogFields, logLine } from '../../kernel/log.ts';

const logFileBytesMax = 64 << 20;

/** The log of all processes: to a file, bounded (one file and the one before it), and to whoever listens. */
export class UpLog {
  readonly #path: string;
  readonly #onLine: (line: string) => void;
  #bytes: number;
  /** Lines that the disk did not take since the last one that it took. */
  #lost = 0;

  constructor(path: string, onLine: (line: string) => void) {
    this.#path = path;
    this.#onLine = onLine;
    this.#bytes = existsSync(path) ? statSync(path).size : 0;
  }

  /** A disk that takes no more lines costs lines, nothing else; the next one that it takes says how many. */
  line(text: string): void {
    try {
      if (this.#bytes > logFileBytesMax) {
        renameSync(this.#path, `${this.#path}.1`);
        this.#bytes = 0;
      }
      const lines = this.#lost === 0 ? `${text}\n` : `\n${this.#lostLine()}\n${text}\n`;
      appendFileSync(this.#path, lines, { mode: 0o600 });
      this.#bytes += lines.length;
      this.#lost = 0;
    } catch {
      // The listener still gets it.
      this.#lost += 1;
    }
    this.#onLine(text);
  }

  /** It begins a line of its own: the last one may have been taken in half. */
  #lostLine(): string {
    return logLine('up', 'warn', 'log-lines-lost', { linesLost: this.#lost });
  }

  event(name: string, fields: LogFields): void {
    this.line(logLine('up', name === 'process-started' ? 'info' : 'error', name, fields));
  }
}
