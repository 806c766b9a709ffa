import { fieldNumber, fieldNumberOf } from './fields/fieldNames.ts';
import { type Headers, headersFromRaw } from './fields/headersFromRaw.ts';
import type { Handshake } from './handshake.ts';
import type { RequestHead } from './requestHead.ts';

const hostNumber = fieldNumber('host');

/** What a codec knows of a request; everything else of a `RequestHead` follows from it. */
export interface RequestHeadParts {
  readonly method: string;
  /** Origin form, `*`, or absolute form (`http://host/path`), whose authority then stands for Host (RFC 9112 section 3.2.2). */
  readonly target: string;
  readonly version: RequestHead['version'];
  /** Name, value, name, value ... as sent, without HTTP/2's pseudo-headers. */
  readonly rawHeaders: readonly string[];
  /** As the codec counted them; worked out where it did not. */
  readonly fieldNumbers?: readonly number[];
  readonly scheme: RequestHead['scheme'];
  readonly clientAddress: string;
  /** HTTP/2's `:authority`; stands for Host. */
  readonly authority?: string;
  readonly handshake?: Handshake | null;
  /** false when left away. */
  readonly isRelayed?: boolean;
}

/** Completes a head. Pure and total: any strings give a head. */
export function requestHead(parts: RequestHeadParts): RequestHead {
  return new BuiltHead(parts);
}

class BuiltHead implements RequestHead {
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly query: string;
  readonly version: RequestHead['version'];
  readonly rawHeaders: readonly string[];
  readonly fieldNumbers: readonly number[];
  declare readonly authority?: string;
  readonly host: string;
  readonly scheme: RequestHead['scheme'];
  readonly clientAddress: string;
  readonly handshake: Handshake | null;
  readonly isRelayed: boolean;
  #headers: Headers | undefined;

  constructor(parts: RequestHeadParts) {
    const { rawHeaders } = parts;
    const absolute = parts.target.charCodeAt(0) === 0x2f ? null : splitAbsoluteForm(parts.target);
    const target = absolute === null ? parts.target : absolute.target;
    const queryAt = target.indexOf('?');
    this.method = parts.method;
    this.target = target;
    this.path = queryAt === -1 ? target : target.slice(0, queryAt);
    this.query = queryAt === -1 ? '' : target.slice(queryAt + 1);
    this.version = parts.version;
    this.rawHeaders = rawHeaders;
    this.fieldNumbers = parts.fieldNumbers ?? numbersOf(rawHeaders);
    this.host = hostWithoutPort(absolute?.authority ?? parts.authority ?? this.#hostHeader() ?? '');
    if (parts.authority !== undefined) this.authority = parts.authority;
    this.scheme = parts.scheme;
    this.clientAddress = parts.clientAddress;
    this.handshake = parts.handshake ?? null;
    this.isRelayed = parts.isRelayed ?? false;
  }

  get headers(): Headers {
    this.#headers ??= headersFromRaw(this.rawHeaders, this.fieldNumbers);
    return this.#headers;
  }

  #hostHeader(): string | undefined {
    const line = this.fieldNumbers.indexOf(hostNumber);
    return line === -1 ? undefined : this.rawHeaders[line * 2 + 1];
  }
}

function numbersOf(rawHeaders: readonly string[]): number[] {
  const numbers: number[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) numbers.push(fieldNumberOf(rawHeaders[index]!));
  return numbers;
}

/** What was asked last and its answer: most requests in a row name the same host. */
let lastAuthority = '';
let lastHost = '';

/** `Shop.example:8080` → `shop.example`, `[::1]:80` → `[::1]`. */
export function hostWithoutPort(authority: string): string {
  if (authority === lastAuthority) return lastHost;
  lastAuthority = authority;
  lastHost = plainHost(authority);
  return lastHost;
}

function plainHost(authority: string): string {
  const lower = authority.trim().toLowerCase();
  if (lower.startsWith('[')) {
    const end = lower.indexOf(']');
    return end === -1 ? lower : lower.slice(0, end + 1);
  }
  const colon = lower.indexOf(':');
  return colon === -1 ? lower : lower.slice(0, colon);
}

function splitAbsoluteForm(target: string): { authority: string; target: string } | null {
  const match = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(target);
  if (match === null) return null;
  const rest = match[2]!;
  return { authority: match[1]!, target: rest.startsWith('/') ? rest : `/${rest}` };
}
