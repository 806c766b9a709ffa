import type { MessageFault } from '../fields/messageFaults.ts';
import { type BodyOctets, ChunkedReader } from './chunkedReader.ts';

/** Length of a body that ends with its connection (RFC 9112 section 6.3, last rule). */
export const untilClosed = Number.POSITIVE_INFINITY;

/** Reads one body, however it is framed (RFC 9112 section 6.3). */
export class BodyReader {
  #left: number;
  readonly #chunked: ChunkedReader | undefined;

  /** `bytes`: length of the body; -1: it is chunked; `untilClosed`. */
  constructor(bytes: number) {
    this.#left = bytes;
    this.#chunked = bytes === -1 ? new ChunkedReader() : undefined;
  }

  get isDone(): boolean {
    return this.#chunked === undefined ? this.#left === 0 : this.#chunked.isDone;
  }

  /** The connection ended: whether the body is whole with that. */
  get endsWithConnection(): boolean {
    return this.isDone || this.#left === untilClosed;
  }

  get fault(): MessageFault {
    return this.#chunked!.fault;
  }

  /** What is still to come in bytes; not known of a chunked body. */
  get left(): number | undefined {
    return this.#chunked === undefined ? this.#left : undefined;
  }

  /** Gives away what it finds and tells where it stopped: at `end`, behind the body's last octet, or -1, see `fault`. */
  read(bytes: Buffer, start: number, end: number, into: BodyOctets): number {
    if (this.#chunked !== undefined) return this.#chunked.read(bytes, start, end, into);
    const until = Math.min(end, start + this.#left);
    this.#left -= until - start;
    if (until > start) into.onBytes(start === 0 && until === bytes.length ? bytes : bytes.subarray(start, until));
    return until;
  }
}
