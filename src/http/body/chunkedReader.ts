import { type FieldLines, FieldScanner } from '../fields/fieldLines.ts';
import { fieldNumber } from '../fields/fieldNames.ts';
import { bodyLimits } from '../fields/limits.ts';
import type { MessageFault } from '../fields/messageFaults.ts';
import { carriageReturn, hexValue, isTokenOctet, isValueOctet, lineFeed, semicolon } from '../fields/octets.ts';

/** Takes the octets of a body as they are found; they may be used again by their owner after the call. */
export interface BodyOctets {
  onBytes(bytes: Buffer): void;
}

const framing: ReadonlySet<number> = new Set(
  (['content-length', 'transfer-encoding', 'connection', 'proxy-connection'] as const).map(fieldNumber),
);
const quote = 0x22;
const backslash = 0x5c;
const equals = 0x3d;

type State =
  | 'size'
  | 'extension-name'
  | 'extension-value'
  | 'extension-quoted'
  | 'extension-escaped'
  | 'extension-end'
  | 'size-line-feed'
  | 'bytes'
  | 'bytes-carriage-return'
  | 'bytes-line-feed'
  | 'trailers'
  | 'done';

const trailerScanner = new FieldScanner();

/**
 * Reads a chunked body (RFC 9112 section 7.1), resumable at any octet. Extensions are checked, bounded and thrown away,
 * and so are trailers: nobody behind this edge asked for them.
 */
export class ChunkedReader {
  /** Set when `read` returns -1. */
  fault: MessageFault = 'chunk-size-invalid';
  #state: State = 'size';
  #digits = 0;
  /** Of the chunk being read: its size, then what of it is still to come. */
  #left = 0;
  /** All chunks so far. */
  #bodyBytes = 0;
  #extensionBytes = 0;
  #extensionsBytes = 0;
  /** Whether the extension part that is being read has an octet yet; an empty name or value is none. */
  #hasPart = false;
  #heldTrailers: Buffer | undefined;

  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** Gives away what it finds and tells where it stopped: at `end`, behind the body's last octet, or -1, see `fault`. */
  read(bytes: Buffer, start: number, end: number, into: BodyOctets): number {
    let at = start;
    while (at < end && this.#state !== 'done') {
      if (this.#state === 'bytes') {
        const until = Math.min(end, at + this.#left);
        this.#left -= until - at;
        if (this.#left === 0) this.#state = 'bytes-carriage-return';
        into.onBytes(bytes.subarray(at, until));
        at = until;
      } else if (this.#state === 'trailers') {
        at = this.#readTrailers(bytes, at, end);
        if (at === -1) return -1;
      } else {
        const fault = this.#step(bytes[at]!);
        if (fault !== undefined) return this.#refuse(fault);
        at += 1;
      }
    }
    return at;
  }

  #step(octet: number): MessageFault | undefined {
    switch (this.#state) {
      case 'size':
        return this.#readSize(octet);
      case 'size-line-feed':
        if (octet !== lineFeed) return 'line-end-invalid';
        this.#bodyBytes += this.#left;
        if (this.#bodyBytes > bodyLimits.bodyBytesMax) return 'body-too-large';
        this.#state = this.#left === 0 ? 'trailers' : 'bytes';
        this.#digits = 0;
        return undefined;
      case 'bytes-carriage-return':
        if (octet !== carriageReturn) return 'chunk-end-invalid';
        this.#state = 'bytes-line-feed';
        return undefined;
      case 'bytes-line-feed':
        if (octet !== lineFeed) return 'chunk-end-invalid';
        this.#state = 'size';
        return undefined;
      default:
        return this.#readExtension(octet);
    }
  }

  #readSize(octet: number): MessageFault | undefined {
    const digit = hexValue[octet]!;
    if (digit !== 255) {
      this.#digits += 1;
      this.#left = this.#left * 16 + digit;
      if (this.#digits > bodyLimits.chunkSizeDigitsMax) return 'chunk-size-invalid';
      return this.#left > bodyLimits.bodyBytesMax ? 'body-too-large' : undefined;
    }
    if (this.#digits === 0) return 'chunk-size-invalid';
    this.#extensionBytes = 0;
    return this.#endPart(octet, 'chunk-size-invalid');
  }

  /** `;name`, `;name=token`, `;name="quoted \" text"`, without white space (RFC 9112 section 7.1.1). */
  #readExtension(octet: number): MessageFault | undefined {
    this.#extensionBytes += 1;
    this.#extensionsBytes += 1;
    if (
      this.#extensionBytes > bodyLimits.chunkExtensionBytesMax ||
      this.#extensionsBytes > bodyLimits.chunkExtensionsBytesMax
    ) {
      return 'chunk-extension-invalid';
    }
    switch (this.#state) {
      case 'extension-escaped':
        this.#state = 'extension-quoted';
        return isValueOctet[octet] === 1 ? undefined : 'chunk-extension-invalid';
      case 'extension-quoted':
        if (octet === quote) this.#state = 'extension-end';
        else if (octet === backslash) this.#state = 'extension-escaped';
        else if (isValueOctet[octet] !== 1) return 'chunk-extension-invalid';
        return undefined;
      case 'extension-end':
        return this.#endPart(octet, 'chunk-extension-invalid');
      case 'extension-value':
        if (octet === quote && !this.#hasPart) {
          this.#state = 'extension-quoted';
          return undefined;
        }
        return this.#readToken(octet);
      default:
        if (octet === equals && this.#hasPart) {
          this.#hasPart = false;
          this.#state = 'extension-value';
          return undefined;
        }
        return this.#readToken(octet);
    }
  }

  #readToken(octet: number): MessageFault | undefined {
    if (isTokenOctet[octet] === 1) {
      this.#hasPart = true;
      return undefined;
    }
    return this.#hasPart ? this.#endPart(octet, 'chunk-extension-invalid') : 'chunk-extension-invalid';
  }

  /** Behind a size, or a whole extension: another extension, or the line's end. */
  #endPart(octet: number, otherwise: MessageFault): MessageFault | undefined {
    if (octet === carriageReturn) this.#state = 'size-line-feed';
    else if (octet === semicolon) {
      this.#state = 'extension-name';
      this.#hasPart = false;
    } else return octet === lineFeed ? 'line-end-invalid' : otherwise;
    return undefined;
  }

  #readTrailers(bytes: Buffer, start: number, end: number): number {
    const held = this.#heldTrailers;
    const all = held === undefined ? bytes.subarray(start, end) : Buffer.concat([held, bytes.subarray(start, end)]);
    const until = Math.min(all.length, bodyLimits.trailersBytesMax);
    const next = trailerScanner.scan(all, 0, until);
    if (next === -1 || (next === 0 && until === bodyLimits.trailersBytesMax)) return this.#refuse('trailers-invalid');
    if (next > 0) {
      // Two octets: there are no trailers, as nearly always.
      if (next > 2 && namesFraming(trailerScanner.take(all.toString('latin1', 0, next), 0)))
        return this.#refuse('trailers-invalid');
      this.#state = 'done';
      this.#heldTrailers = undefined;
      return start + next - (held?.length ?? 0);
    }
    this.#heldTrailers = held === undefined ? Buffer.from(all) : all;
    return end;
  }

  #refuse(fault: MessageFault): -1 {
    this.fault = fault;
    return -1;
  }
}

/**
 * Where messages end is the head's to tell (RFC 9110 section 6.5.1); a reader that took it from here, as llhttp does, would
 * see other messages.
 */
function namesFraming({ numbers }: FieldLines): boolean {
  return numbers.some((number) => framing.has(number));
}
