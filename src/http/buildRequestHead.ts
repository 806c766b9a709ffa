import { headersFromRaw } from './headersFromRaw.ts';
import type { RequestHead } from './requestHead.ts';

/** What a codec knows of a request; everything else of a `RequestHead` follows from it. */
export interface RequestHeadParts {
  readonly method: string;
  /** Origin form, `*`, or absolute form (`http://host/path`), whose authority then stands for Host (RFC 9112 section 3.2.2). */
  readonly target: string;
  readonly version: RequestHead['version'];
  /** Name, value, name, value ... as sent, without HTTP/2's pseudo-headers. */
  readonly rawHeaders: readonly string[];
  readonly scheme: RequestHead['scheme'];
  readonly clientAddress: string;
  /** HTTP/2's `:authority`; stands for Host. */
  readonly authority?: string;
}

/** Completes a head. Pure and total: any strings give a head. */
export function requestHead(parts: RequestHeadParts): RequestHead {
  const absolute = parts.target.startsWith('/') ? null : splitAbsoluteForm(parts.target);
  const target = absolute === null ? parts.target : absolute.target;
  const headers = headersFromRaw(parts.rawHeaders);
  const queryAt = target.indexOf('?');
  return {
    method: parts.method,
    target,
    path: queryAt === -1 ? target : target.slice(0, queryAt),
    query: queryAt === -1 ? '' : target.slice(queryAt + 1),
    version: parts.version,
    rawHeaders: parts.rawHeaders,
    headers,
    host: hostWithoutPort(absolute?.authority ?? parts.authority ?? headers.host ?? ''),
    scheme: parts.scheme,
    clientAddress: parts.clientAddress,
  };
}

/** `Shop.example:8080` → `shop.example`, `[::1]:80` → `[::1]`. */
export function hostWithoutPort(authority: string): string {
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
