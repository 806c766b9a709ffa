import { fieldNumber, readContentLength } from '../http/index.ts';
import { pseudoFields } from './hpack/index.ts';

/** What a header block says of a request, after the checks of RFC 9113 section 8.2 and 8.3. */
export interface RequestFields {
  readonly method: string;
  /** Undefined for CONNECT alone, as `path`. */
  readonly scheme: string | undefined;
  readonly path: string | undefined;
  readonly authority: string | undefined;
  /** Name, value, name, value …, without pseudo-headers. */
  readonly raw: string[];
  readonly numbers: number[];
  /** Undefined: it was not said. */
  readonly contentLength: number | undefined;
}

const contentLength = fieldNumber('content-length');
const te = fieldNumber('te');
const host = fieldNumber('host');
/** Fields of one connection, which HTTP/2 knows none of (section 8.2.2). */
const forbidden: ReadonlySet<number> = new Set(
  (['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade'] as const).map(fieldNumber),
);
const scheme = /^[A-Za-z][A-Za-z0-9+.-]*$/;
/** What may stand in a request line of HTTP/1.1. */
const path = /^\/[\x21\x22\x24-\x7e\x80-\xff]*$/;
const authority = /^[A-Za-z0-9\-._~!$&'()*+,;=:[\]@%]*$/;

/** `raw` and `numbers` as HPACK gave them, pseudo-headers included. Undefined: the request is malformed (section 8.1.1). */
export function readRequestFields(
  raw: string[],
  numbers: number[],
  hasInvalidField: boolean,
): RequestFields | undefined {
  if (hasInvalidField) return undefined;
  const said: Said = { method: undefined, scheme: undefined, path: undefined, authority: undefined };
  let fields = 0;
  for (; fields < numbers.length && numbers[fields]! < 0; fields++) {
    if (!say(said, numbers[fields]!, raw[fields * 2 + 1]!)) return undefined;
  }
  if (!arePseudoFieldsRight(said)) return undefined;
  const length = lengthSaid(raw, numbers, fields);
  if (length === malformed) return undefined;
  return {
    method: said.method!,
    scheme: said.scheme,
    path: said.path,
    authority: said.authority,
    raw: raw.slice(fields * 2),
    numbers: numbers.slice(fields),
    contentLength: length === -1 ? undefined : length,
  };
}

/** Whether fields are fit to be trailers (section 8.1): checked, and thrown away. */
export function areTrailersRight(numbers: readonly number[], hasInvalidField: boolean): boolean {
  if (hasInvalidField) return false;
  return numbers.every((number) => number >= 0 && !forbidden.has(number));
}

interface Said {
  method: string | undefined;
  scheme: string | undefined;
  path: string | undefined;
  authority: string | undefined;
}

/** false: it was said before, or nobody may say it here. */
function say(said: Said, number: number, value: string): boolean {
  switch (number) {
    case pseudoFields.method:
      if (said.method !== undefined) return false;
      said.method = value;
      return true;
    case pseudoFields.scheme:
      if (said.scheme !== undefined) return false;
      said.scheme = value;
      return true;
    case pseudoFields.path:
      if (said.path !== undefined) return false;
      said.path = value;
      return true;
    case pseudoFields.authority:
      if (said.authority !== undefined) return false;
      said.authority = value;
      return true;
    default:
      return false;
  }
}

/** Section 8.3.1; section 8.5 for CONNECT. */
function arePseudoFieldsRight(said: Said): boolean {
  if (said.authority !== undefined && !authority.test(said.authority)) return false;
  if (said.method === 'CONNECT') {
    return said.scheme === undefined && said.path === undefined && said.authority !== undefined;
  }
  if (said.method === undefined || said.method === '' || said.scheme === undefined || said.path === undefined)
    return false;
  if (!scheme.test(said.scheme)) return false;
  return path.test(said.path) || (said.path === '*' && said.method === 'OPTIONS');
}

const malformed = -2;

/** Checks the fields from line `first` on; the length that they say, -1 where they say none, `malformed`. */
function lengthSaid(raw: readonly string[], numbers: readonly number[], first: number): number {
  let length = -1;
  let hosts = 0;
  for (let line = first; line < numbers.length; line++) {
    const number = numbers[line]!;
    if (number === 0) continue;
    if (number < 0) return malformed;
    if (number === contentLength) {
      const said = readContentLength(raw[line * 2 + 1]!);
      if (said === undefined || length !== -1) return malformed;
      length = said;
    } else if (number === host) hosts += 1;
    else if (forbidden.has(number) || (number === te && raw[line * 2 + 1] !== 'trailers')) return malformed;
  }
  return hosts > 1 ? malformed : length;
}
