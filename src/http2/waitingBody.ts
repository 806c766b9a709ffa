import { http2Limits } from './limits.ts';

const noBytes = Buffer.alloc(0);
/** An own piece that is joined to grows to this at least, so that octets do not make it grow one by one. */
const joinedBytesMin = 1024;

/**
 * What of an answer waits to be sent. Small pieces are copied and put together, up to a frame: an octet kept alone costs a
 * hundred times that, and a DATA frame of its own. Large ones stay where they are.
 */
export class WaitingBody {
  /** All that waits. */
  bytes = 0;
  /** Oldest first; before `#own`. */
  readonly #pieces: Buffer[] = [];
  /** What of the oldest is sent. */
  #from = 0;
  /** The newest piece, of which `#ownLength` octets are used, while it may be joined to. */
  #own = noBytes;
  #ownLength = 0;

  /** `bytes` are lent for the call, except that more than `http2Limits.copiedBytesMax` must stay until they are sent. */
  add(bytes: Buffer): void {
    this.bytes += bytes.length;
    if (bytes.length > http2Limits.copiedBytesMax) {
      this.#closeOwn();
      this.#pieces.push(bytes);
      return;
    }
    if (this.#ownLength > 0) this.#makeRoom(bytes.length);
    const joined = bytes.copy(this.#own, this.#ownLength);
    this.#ownLength += joined;
    if (joined === bytes.length) return;
    this.#closeOwn();
    // Not out of the pool, of which an octet would keep 64 KiB.
    this.#own = Buffer.allocUnsafeSlow(bytes.length - joined);
    this.#ownLength = bytes.copy(this.#own, 0, joined);
  }

  /** The oldest piece, as far as it is not sent. Empty: nothing waits. */
  get first(): Buffer {
    const piece = this.#pieces[0];
    return piece === undefined ? this.#own.subarray(this.#from, this.#ownLength) : piece.subarray(this.#from);
  }

  /** So much of `first` was sent. */
  onSent(bytes: number): void {
    this.bytes -= bytes;
    this.#from += bytes;
    const piece = this.#pieces[0];
    if (this.#from < (piece?.length ?? this.#ownLength)) return;
    this.#from = 0;
    if (piece !== undefined) this.#pieces.shift();
    else this.#dropOwn();
  }

  drop(): void {
    this.bytes = 0;
    this.#from = 0;
    this.#pieces.length = 0;
    this.#dropOwn();
  }

  /** Lets the own piece grow, twofold, until it fills a frame. */
  #makeRoom(bytes: number): void {
    const own = this.#own;
    const wanted = this.#ownLength + bytes;
    if (wanted <= own.length || own.length >= http2Limits.frameBytesMax) return;
    const size = Math.max(wanted, own.length * 2, joinedBytesMin);
    this.#own = Buffer.allocUnsafeSlow(Math.min(size, http2Limits.frameBytesMax));
    own.copy(this.#own, 0, 0, this.#ownLength);
  }

  #closeOwn(): void {
    if (this.#ownLength > 0) this.#pieces.push(this.#own.subarray(0, this.#ownLength));
    this.#dropOwn();
  }

  #dropOwn(): void {
    this.#own = noBytes;
    this.#ownLength = 0;
  }
}
