import { err, ok, type Result } from '../kernel/result.ts';
import { requestHead } from './buildRequestHead.ts';
import { headLimits } from './fields/limits.ts';
import type { Handshake } from './handshake.ts';
import type { RequestHead } from './requestHead.ts';

/** What the bytes cannot say: where they came from. */
export interface HeadPeer {
  readonly scheme: RequestHead['scheme'];
  readonly clientAddress: string;
  /** How the connection was opened, where that is known. */
  readonly handshake?: Handshake | null;
  /** See `RequestHead.isRelayed`. */
  readonly isRelayed?: boolean;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Field values: no control characters but the tab; bytes above 0x7f are opaque (RFC 9110 section 5.5). */
const forbiddenInValue = /[\x00-\x08\x0a-\x1f\x7f]/;
/** Targets: visible ASCII, and the raw bytes above it that real clients send. */
const forbiddenInTarget = /[\x00-\x20\x7f]/;
const versions = new Map<string, RequestHead['version']>([
  ['HTTP/1.0', '1.0'],
  ['HTTP/1.1', '1.1'],
  ['HTTP/2', '2'],
  ['HTTP/2.0', '2'],
]);

/**
 * Reads a raw request head, as a file holds one: request line, header lines, and an empty line or the end. What stands
 * behind the empty line (a body) is not looked at. Lines end in CRLF, or in LF because people save heads by hand.
 * Strict otherwise: names are tokens directly before the colon, no folded lines, no control characters, one Host at
 * most, all within `headLimits`. The error is a sentence with the line's number.
 */
export function parseRequestHead(
  bytes: Uint8Array,
  peer: HeadPeer = { scheme: 'http', clientAddress: '127.0.0.1' },
): Result<RequestHead, string> {
  const lines = headLines(bytes);
  if (!lines.ok) return lines;
  const [first, ...rest] = lines.value;
  const start = parseRequestLine(first ?? '');
  if (!start.ok) return start;
  if (rest.length > headLimits.headersMax) {
    return err(`the head has ${rest.length} header lines; at most ${headLimits.headersMax} are read`);
  }
  const rawHeaders: string[] = [];
  let hosts = 0;
  for (const [index, line] of rest.entries()) {
    const field = parseField(line, index + 2);
    if (!field.ok) return field;
    rawHeaders.push(...field.value);
    if (field.value[0].toLowerCase() === 'host') hosts += 1;
  }
  if (hosts > 1) return err(`the head has ${hosts} Host headers; which site it asks for is not clear`);
  return ok(requestHead({ ...start.value, rawHeaders, ...peer }));
}

function headLines(bytes: Uint8Array): Result<string[], string> {
  const text = Buffer.from(
    bytes.buffer,
    bytes.byteOffset,
    Math.min(bytes.length, headLimits.headBytesMax + 1),
  ).toString('latin1');
  const lines: string[] = [];
  let from = 0;
  while (from < text.length) {
    const newline = text.indexOf('\n', from);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(from, text[end - 1] === '\r' && end > from ? end - 1 : end);
    from = end + 1;
    if (line === '') return lines.length === 0 ? err('the head is empty: line 1 must be a request line') : ok(lines);
    lines.push(line);
    if (lines.length > headLimits.headersMax + 1) {
      return err(`the head has more than ${headLimits.headersMax} header lines`);
    }
  }
  if (bytes.length > headLimits.headBytesMax) {
    return err(`the head has no end within ${headLimits.headBytesMax} bytes`);
  }
  return lines.length === 0 ? err('the head is empty: line 1 must be a request line') : ok(lines);
}

function parseRequestLine(line: string): Result<Pick<RequestHead, 'method' | 'target' | 'version'>, string> {
  const parts = line.split(' ');
  if (parts.length !== 3) {
    return err(
      'line 1 is not a request line: METHOD, target and HTTP version with one space between, e.g. GET / HTTP/1.1',
    );
  }
  const [method, target, versionText] = parts as [string, string, string];
  if (!token.test(method) || method.length > headLimits.methodCharsMax) return err('line 1: the method is not a token');
  const version = versions.get(versionText);
  if (version === undefined) return err('line 1: the version must be HTTP/1.0, HTTP/1.1 or HTTP/2');
  if (forbiddenInTarget.test(target)) return err('line 1: the target has a control character');
  const isOptionsStar = target === '*' && method === 'OPTIONS';
  if (!target.startsWith('/') && !/^https?:\/\/[^/?#]/i.test(target) && !isOptionsStar) {
    return err('line 1: the target must start with / or be an absolute http URL');
  }
  return ok({ method, target, version });
}

function parseField(line: string, number: number): Result<[name: string, value: string], string> {
  if (line.startsWith(' ') || line.startsWith('\t'))
    return err(`line ${number}: folded header lines are obsolete and refused`);
  const colon = line.indexOf(':');
  if (colon === -1) return err(`line ${number}: a header line needs a colon`);
  const name = line.slice(0, colon);
  if (!token.test(name)) return err(`line ${number}: the header name is not a token`);
  const value = trimBlanks(line.slice(colon + 1));
  if (forbiddenInValue.test(value)) return err(`line ${number}: the value of ${name} has a control character`);
  return ok([name, value]);
}

/** By hand: a pattern anchored at the end is quadratic on long runs of blanks. */
function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && (text[from] === ' ' || text[from] === '\t')) from += 1;
  while (to > from && (text[to - 1] === ' ' || text[to - 1] === '\t')) to -= 1;
  return text.slice(from, to);
}
