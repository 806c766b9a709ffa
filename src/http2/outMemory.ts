import { http2Limits } from './limits.ts';

/** One piece of memory that is gathered into for one write. */
export interface OutPiece {
  readonly bytes: Buffer;
  /** Its beginning, without what is kept for control frames. */
  readonly heads: Buffer;
}

/** Where connections gather what they send. A piece comes back once it was written, so that sending leaves no garbage. */
export class OutMemory {
  readonly #free: OutPiece[] = [];

  take(): OutPiece {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const bytes = Buffer.allocUnsafeSlow(http2Limits.outBytes);
    return { bytes, heads: bytes.subarray(0, http2Limits.outBytes - http2Limits.outControlBytes) };
  }

  give(piece: OutPiece): void {
    if (this.#free.length < http2Limits.outFreeMax) this.#free.push(piece);
  }
}
