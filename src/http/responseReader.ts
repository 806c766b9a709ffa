import { untilClosed } from './body/bodyReader.ts';
import { connectionOption, connectionOptions, keepsAlive } from './fields/connectionOptions.ts';
import { type FieldLines, FieldScanner } from './fields/fieldLines.ts';
import { fieldNumber } from './fields/fieldNames.ts';
import { bodyLimits, headLimits } from './fields/limits.ts';
import type { MessageFault } from './fields/messageFaults.ts';
import { carriageReturn, isValueOctet, lineFeed, space, zero } from './fields/octets.ts';
import { readContentLength, readVersion, skipEmptyLines } from './startLine.ts';

const contentLength = fieldNumber('content-length');
const transferEncoding = fieldNumber('transfer-encoding');
const connection = fieldNumber('connection');
/** Not a field of HTTP, but llhttp heeds it. */
const proxyConnection = fieldNumber('proxy-connection');

/**
 * Reads response heads (RFC 9112 sections 4 to 6), as strictly as requests: what an origin sends ends up in a cache or in
 * front of another reader. Holds what it read last and nothing else.
 */
export class ResponseReader {
  /** Set when `read` returns -1. */
  fault: MessageFault = 'start-line-invalid';
  status = 0;
  reason = '';
  fields: FieldLines = { raw: [], numbers: [] };
  /** Length of the body that follows in bytes; -1: it is chunked; `untilClosed`. */
  bodyBytes = 0;
  isKeptAlive = true;
  #minor: 0 | 1 = 1;
  readonly #scanner = new FieldScanner();

  /**
   * Where the octet behind the head is; 0: the head is not whole yet; -1: refused, see `fault`. `isHead`: it answers a HEAD,
   * so that no body follows (RFC 9112 section 6.3, first rule).
   */
  read(bytes: Buffer, start: number, end: number, isHead: boolean): number {
    const until = Math.min(end, start + headLimits.headBytesMax);
    const fieldsAt = this.#readStatusLine(bytes, start, until);
    const next = fieldsAt <= 0 ? fieldsAt : this.#scanner.scan(bytes, fieldsAt, until);
    if (next === 0) return end - start >= headLimits.headBytesMax ? this.#refuse('head-too-large') : 0;
    if (next === -1) return fieldsAt === -1 ? -1 : this.#refuse(this.#scanner.fault);
    this.fields = this.#scanner.take(bytes.toString('latin1', fieldsAt, next), fieldsAt);
    const fault = this.#interpret(bytes, isHead);
    return fault === undefined ? next : this.#refuse(fault);
  }

  #readStatusLine(bytes: Buffer, from: number, end: number): number {
    const start = skipEmptyLines(bytes, from, end);
    const minor = readVersion(bytes, start, end);
    if (typeof minor === 'string') return minor === 'more' ? 0 : this.#refuse(minor);
    if (start + 12 >= end) return 0;
    if (bytes[start + 8] !== space) return this.#refuse('start-line-invalid');
    let status = 0;
    for (let at = start + 9; at < start + 12; at++) {
      const digit = bytes[at]! - zero;
      if (digit < 0 || digit > 9) return this.#refuse('status-invalid');
      status = status * 10 + digit;
    }
    if (status < 100 || status > 599) return this.#refuse('status-invalid');
    let at = start + 12;
    // The space before the reason may not be left out, but old servers do (RFC 9112 section 4).
    if (bytes[at] !== space && bytes[at] !== carriageReturn) return this.#refuse('start-line-invalid');
    const reasonStart = bytes[at] === space ? ++at : at;
    while (at < end && isValueOctet[bytes[at]!] === 1) at += 1;
    if (at + 1 >= end) return 0;
    if (bytes[at] !== carriageReturn || bytes[at + 1] !== lineFeed) return this.#refuse('line-end-invalid');
    this.#minor = minor;
    this.status = status;
    this.reason = isOk(bytes, reasonStart, at) ? 'OK' : bytes.toString('latin1', reasonStart, at);
    return at + 2;
  }

  #interpret(bytes: Buffer, isHead: boolean): MessageFault | undefined {
    let options = 0;
    let length: string | undefined;
    let coding: string | undefined;
    const { raw, numbers } = this.fields;
    for (let line = 0; line < numbers.length; line++) {
      const number = numbers[line]!;
      if (number === contentLength) {
        if (length !== undefined) return 'content-length-invalid';
        length = raw[line * 2 + 1]!;
      } else if (number === transferEncoding) {
        const isPlain = coding === undefined && !this.#scanner.hasTabBehind(bytes, line);
        coding = isPlain ? raw[line * 2 + 1]! : 'repeated';
      } else if (number === connection) options |= connectionOptions(raw[line * 2 + 1]!);
      else if (number === proxyConnection) options |= connectionOptions(raw[line * 2 + 1]!) & connectionOption.close;
    }
    this.isKeptAlive = keepsAlive(options, this.#minor === 1);
    return this.#frame(isHead, length, coding);
  }

  #frame(isHead: boolean, length: string | undefined, coding: string | undefined): MessageFault | undefined {
    const bytes = length === undefined ? undefined : readContentLength(length);
    if (length !== undefined && bytes === undefined) return 'content-length-invalid';
    if (bytes !== undefined && bytes > bodyLimits.bodyBytesMax) return 'body-too-large';
    if (coding !== undefined) {
      if (length !== undefined || this.#minor === 0) return 'framing-ambiguous';
      if (coding.toLowerCase() !== 'chunked') return 'transfer-coding-unsupported';
    }
    if (isHead || this.status < 200 || this.status === 204 || this.status === 304) this.bodyBytes = 0;
    else if (coding !== undefined) this.bodyBytes = -1;
    else this.bodyBytes = bytes ?? untilClosed;
    if (this.bodyBytes === untilClosed) this.isKeptAlive = false;
    return undefined;
  }

  #refuse(fault: MessageFault): -1 {
    this.fault = fault;
    return -1;
  }
}

/** Spares a string for the reason that nearly all answers give. */
function isOk(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 2 && bytes[start] === 0x4f && bytes[start + 1] === 0x4b;
}
