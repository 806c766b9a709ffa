import { hostWithoutPort } from './buildRequestHead.ts';
import { connectionOption, connectionOptions, keepsAlive } from './fields/connectionOptions.ts';
import { type FieldLines, FieldScanner } from './fields/fieldLines.ts';
import { fieldNumber } from './fields/fieldNames.ts';
import { bodyLimits, headLimits } from './fields/limits.ts';
import type { MessageFault } from './fields/messageFaults.ts';
import { carriageReturn, isTargetOctet, isTokenOctet, lineFeed, space } from './fields/octets.ts';
import { knownMethod } from './methods.ts';
import { readContentLength, readVersion, skipEmptyLines } from './startLine.ts';

const host = fieldNumber('host');
const contentLength = fieldNumber('content-length');
const transferEncoding = fieldNumber('transfer-encoding');
const connection = fieldNumber('connection');
/** Not a field of HTTP, but llhttp heeds it. */
const proxyConnection = fieldNumber('proxy-connection');
const expect = fieldNumber('expect');
const upgrade = fieldNumber('upgrade');

const noFields: FieldLines = { raw: [], numbers: [] };
const hostHeader = /^(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,255})?(?::\d{0,5})?$/;
const absoluteForm = /^https?:\/\/([^/?#@]*)(?:[/?]|$)/i;

/**
 * Reads request heads (RFC 9112 sections 2 to 6), strictly: one framing, one host, CR LF at each line's end. What it read
 * last stands in its fields; it keeps nothing else, so one reader serves any number of connections.
 */
export class RequestReader {
  /** Set when `read` returns -1. */
  fault: MessageFault = 'start-line-invalid';
  method = '';
  /** As sent. */
  target = '';
  version: '1.0' | '1.1' = '1.1';
  fields: FieldLines = noFields;
  /** Length of the body that follows in bytes; -1: it is chunked. */
  bodyBytes = 0;
  /** Whether another request may follow on the connection (RFC 9112 section 9.3). */
  isKeptAlive = true;
  expectsContinue = false;
  /** `websocket`, where the visitor offers just that; other offers are ignored, as they may be. */
  upgrade: 'websocket' | null = null;
  readonly #scanner = new FieldScanner();
  /** The host that was found to be one last: most requests name the same few. */
  #hostSeen = '';
  #host: string | undefined;
  #targetStart = 0;
  #targetEnd = 0;
  #transferCoding: string | undefined;
  #expectation: string | undefined;
  #offer: string | undefined;

  /** Where the octet behind the head is; 0: the head is not whole yet; -1: refused, see `fault`. */
  read(bytes: Buffer, start: number, end: number): number {
    const until = Math.min(end, start + headLimits.headBytesMax);
    const fieldsAt = this.#readStartLine(bytes, start, until);
    const next = fieldsAt <= 0 ? fieldsAt : this.#scanner.scan(bytes, fieldsAt, until);
    if (next === 0) return end - start >= headLimits.headBytesMax ? this.#refuse('head-too-large') : 0;
    if (next === -1) return fieldsAt === -1 ? -1 : this.#refuse(this.#scanner.fault);
    const text = bytes.toString('latin1', this.#targetStart, next);
    this.target = text.substring(0, this.#targetEnd - this.#targetStart);
    this.fields = this.#scanner.take(text, this.#targetStart);
    const fault = this.#interpret(bytes);
    return fault === undefined ? next : this.#refuse(fault);
  }

  #readStartLine(bytes: Buffer, start: number, end: number): number {
    const methodStart = skipEmptyLines(bytes, start, end);
    let at = methodStart;
    while (at < end && isTokenOctet[bytes[at]!] === 1) at += 1;
    if (at - methodStart > headLimits.methodCharsMax) return this.#refuse('method-unknown');
    if (at >= end) return 0;
    if (bytes[at] !== space || at === methodStart) return this.#refuse(faultInLine(bytes[at]!));
    const method = readMethod(bytes, methodStart, at);
    if (method === undefined) return this.#refuse('method-unknown');
    const targetStart = ++at;
    while (at < end && isTargetOctet[bytes[at]!] === 1) at += 1;
    if (at >= end) return 0;
    if (bytes[at] !== space || at === targetStart) return this.#refuse(faultInTarget(bytes[at]!));
    const version = readVersion(bytes, at + 1, end);
    if (typeof version === 'string') return version === 'more' ? 0 : this.#refuse(version);
    const lineEnd = at + 9;
    if (lineEnd + 1 >= end && bytes[lineEnd] === carriageReturn) return 0;
    if (lineEnd >= end) return 0;
    if (bytes[lineEnd] !== carriageReturn) return this.#refuse(faultInLine(bytes[lineEnd]!));
    if (bytes[lineEnd + 1] !== lineFeed) return this.#refuse('line-end-invalid');
    this.method = method;
    this.#targetStart = targetStart;
    this.#targetEnd = at;
    this.version = version === 1 ? '1.1' : '1.0';
    return lineEnd + 2;
  }

  #interpret(bytes: Buffer): MessageFault | undefined {
    this.bodyBytes = 0;
    this.expectsContinue = false;
    this.upgrade = null;
    this.#host = undefined;
    this.#transferCoding = undefined;
    this.#expectation = undefined;
    this.#offer = undefined;
    let length: string | undefined;
    let options = 0;
    const { raw, numbers } = this.fields;
    for (let line = 0; line < numbers.length; line++) {
      const number = numbers[line]!;
      // The names that matter here stand first in the list of names.
      if (number === 0 || number > upgrade) continue;
      const value = raw[line * 2 + 1]!;
      if (number === host) {
        if (this.#host !== undefined) return 'host-repeated';
        this.#host = value;
      } else if (number === contentLength) {
        if (length !== undefined) return 'content-length-invalid';
        length = value;
      } else if (number === transferEncoding) {
        const isPlain: boolean = this.#transferCoding === undefined && !this.#scanner.hasTabBehind(bytes, line);
        this.#transferCoding = isPlain ? value : 'repeated';
      } else if (number === connection) options |= connectionOptions(value);
      else if (number === proxyConnection) options |= connectionOptions(value) & connectionOption.close;
      else if (number === expect) this.#expectation = this.#expectation === undefined ? value : 'repeated';
      else if (number === upgrade) this.#offer = this.#offer === undefined ? value : 'repeated';
    }
    this.isKeptAlive = keepsAlive(options, this.version === '1.1');
    return this.#checkHost() ?? this.#checkFraming(length) ?? this.#checkOffers(options);
  }

  #checkHost(): MessageFault | undefined {
    if (this.method === 'CONNECT') return 'connect-refused';
    const named = this.#host;
    if (named === undefined) {
      if (this.version === '1.1') return 'host-missing';
    } else if (named !== this.#hostSeen) {
      if (!isHostHeader(named)) return 'host-invalid';
      this.#hostSeen = named;
    }
    return this.target.charCodeAt(0) === 0x2f ? undefined : checkOtherForm(this.method, this.target, named);
  }

  #checkFraming(length: string | undefined): MessageFault | undefined {
    const coding = this.#transferCoding;
    if (coding !== undefined) {
      // RFC 9112 section 6.1: both, or a 1.0 message with Transfer-Encoding, is faulty framing.
      if (length !== undefined || this.version !== '1.1') return 'framing-ambiguous';
      if (coding.toLowerCase() !== 'chunked') return 'transfer-coding-unsupported';
      this.bodyBytes = -1;
      return undefined;
    }
    if (length === undefined) return undefined;
    const bytes = readContentLength(length);
    if (bytes === undefined) return 'content-length-invalid';
    if (bytes > bodyLimits.bodyBytesMax) return 'body-too-large';
    this.bodyBytes = bytes;
    return undefined;
  }

  #checkOffers(options: number): MessageFault | undefined {
    const expectation = this.#expectation;
    if (expectation !== undefined && this.version === '1.1') {
      if (expectation.toLowerCase() !== '100-continue') return 'expectation-unknown';
      this.expectsContinue = this.bodyBytes !== 0;
    }
    const isUpgrading = (options & connectionOption.upgrade) !== 0;
    const isOffered = isUpgrading && this.version === '1.1' && this.method === 'GET' && this.bodyBytes === 0;
    if (isOffered && this.#offer?.toLowerCase() === 'websocket') this.upgrade = 'websocket';
    return undefined;
  }

  #refuse(fault: MessageFault): -1 {
    this.fault = fault;
    return -1;
  }
}

/** Whether a Host field's value is one: a host name or address, perhaps with a port, or nothing. */
export function isHostHeader(text: string): boolean {
  return hostHeader.test(text);
}

/** Nearly all requests are GET. */
function readMethod(bytes: Buffer, start: number, end: number): string | undefined {
  const isGet = end - start === 3 && bytes[start] === 0x47 && bytes[start + 1] === 0x45 && bytes[start + 2] === 0x54;
  return isGet ? 'GET' : knownMethod(bytes.toString('latin1', start, end));
}

function faultInLine(octet: number): MessageFault {
  return octet === lineFeed || octet === carriageReturn ? 'line-end-invalid' : 'start-line-invalid';
}

function faultInTarget(octet: number): MessageFault {
  if (octet === lineFeed || octet === carriageReturn || octet === space) return 'start-line-invalid';
  return 'target-invalid';
}

/**
 * A target in absolute form outranks Host (RFC 9112 section 3.2.2). Where the two name different hosts, one side or the
 * other would act on a host that was not judged, so that is refused; clients must send them alike (RFC 9110 section 7.2).
 */
function checkOtherForm(method: string, target: string, named: string | undefined): MessageFault | undefined {
  if (target === '*') return method === 'OPTIONS' ? undefined : 'target-invalid';
  const authority = absoluteForm.exec(target)?.[1];
  if (authority === undefined || authority === '') return 'target-invalid';
  const wanted = hostWithoutPort(authority);
  if (wanted === '' || !isHostHeader(authority)) return 'host-invalid';
  return named === undefined || hostWithoutPort(named) === wanted ? undefined : 'host-ambiguous';
}
