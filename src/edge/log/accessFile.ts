import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { AccessLogTarget } from '../../contract/edgeOptions.ts';
import { accessLimits } from './limits.ts';

/** Why a write ended early; null: all of it was written. */
export interface Written {
  readonly bytes: number;
  readonly error: NodeJS.ErrnoException | null;
}

const stdoutPath = '/dev/stdout';
const stdoutDescriptor = 1;

/**
 * Where access log lines go. A file is opened anew for each batch: whoever rotates logs moves it away and is done, no signal
 * and no copy needed. All workers append to the same one, each write whole lines.
 */
export class AccessFile {
  readonly #path: string;
  readonly #isStdout: boolean;
  #stdout: Promise<FileHandle | null> | undefined;

  constructor(target: AccessLogTarget) {
    this.#isStdout = target === 'stdout';
    this.#path = target === 'stdout' ? stdoutPath : target.path;
  }

  get path(): string {
    return this.#path;
  }

  /** Appends whole lines. Never rejects. */
  async append(lines: Buffer): Promise<Written> {
    if (this.#isStdout) return this.#toStdout(lines);
    let file: FileHandle | undefined;
    try {
      file = await open(this.#path, appending, 0o640);
      const isFile = (await file.stat()).isFile();
      return await writeLines(file, lines, isFile ? lines.length : accessLimits.pipeWriteBytesMax);
    } catch (error) {
      return { bytes: 0, error: error as NodeJS.ErrnoException };
    } finally {
      await file?.close().catch(() => {});
    }
  }

  async #toStdout(lines: Buffer): Promise<Written> {
    // Opened again it can be asked not to wait, which would hold on to a thread; a socket (a journal's) cannot be opened.
    this.#stdout ??= open(stdoutPath, appending).catch(() => null);
    const file = await this.#stdout;
    return writeLines(file ?? { write: writeToDescriptor }, lines, accessLimits.pipeWriteBytesMax);
  }
}

/** A pipe whose reader is slow says so instead of holding a thread; a file does not mind. */
const appending = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

interface Writable {
  write(bytes: Buffer, offset: number, length: number): Promise<{ readonly bytesWritten: number }>;
}

async function writeToDescriptor(bytes: Buffer, offset: number, length: number): Promise<{ bytesWritten: number }> {
  const { write } = await import('node:fs');
  return new Promise((resolve, reject) => {
    write(stdoutDescriptor, bytes, offset, length, null, (error, bytesWritten) => {
      if (error === null) resolve({ bytesWritten });
      else reject(error);
    });
  });
}

/** In pieces of whole lines, each up to `pieceBytesMax` unless one line is longer. */
async function writeLines(file: Writable, lines: Buffer, pieceBytesMax: number): Promise<Written> {
  let at = 0;
  try {
    while (at < lines.length) {
      const end = at + pieceBytesMax >= lines.length ? lines.length : endOfPiece(lines, at, at + pieceBytesMax);
      at += (await file.write(lines, at, end - at)).bytesWritten;
    }
    return { bytes: at, error: null };
  } catch (error) {
    return { bytes: at, error: error as NodeJS.ErrnoException };
  }
}

const newLine = 0x0a;

function endOfPiece(lines: Buffer, from: number, before: number): number {
  const last = lines.lastIndexOf(newLine, before - 1);
  return last >= from ? last + 1 : lines.indexOf(newLine, before) + 1 || lines.length;
}
