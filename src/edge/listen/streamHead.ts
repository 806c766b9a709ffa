import {
  bodyLimits,
  fieldNumberOf,
  hostWithoutPort,
  isHostHeader,
  knownMethod,
  type MessageFault,
  type RequestHead,
  readContentLength,
  requestHead,
} from '../../http/index.ts';
import type { TrustedPeers } from './trustedPeers.ts';
import type { ConnectionFacts } from './visitorConnectionOwner.ts';

/** A request of HTTP/2 as it was read from its header block. */
export interface StreamRequest {
  readonly head: RequestHead;
  readonly hasBody: boolean;
  readonly expectsContinue: boolean;
}

const targetPattern = /^\/[\x21\x22\x24-\x7e\x80-\xff]*$/;

/**
 * What the edge asks of a request beyond nghttp2's checks (RFC 9113 section 8.3.1): a method that is taken, one host, a
 * path that may stand in a request line of HTTP/1.1, a length within reason. `rawHeaders`: name, value, name, value …
 * with the pseudo-headers in front.
 */
export function readStreamHead(
  rawHeaders: readonly string[],
  { peerAddress }: Pick<ConnectionFacts, 'peerAddress'>,
  trusted: TrustedPeers | undefined,
  endsWithHead: boolean,
): StreamRequest | MessageFault {
  const pseudo = new Map<string, string>();
  const raw: string[] = [];
  const numbers: number[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    const value = rawHeaders[index + 1]!;
    if (name.startsWith(':')) {
      pseudo.set(name, value);
      continue;
    }
    // nghttp2 refuses these octets; a library's later version may not, and behind this edge they would end a line.
    if (/[\0\r\n]/.test(value) || !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) return 'field-value-invalid';
    raw.push(name, value);
    numbers.push(fieldNumberOf(name));
  }
  const method = knownMethod(pseudo.get(':method') ?? '');
  if (method === undefined) return 'method-unknown';
  if (method === 'CONNECT') return 'connect-refused';
  const target = pseudo.get(':path') ?? '';
  if (!targetPattern.test(target) && !(target === '*' && method === 'OPTIONS')) return 'target-invalid';
  const authority = pseudo.get(':authority');
  const scheme = pseudo.get(':scheme') === 'http' ? 'http' : 'https';
  const told = trusted?.told({ raw, numbers }, { peerAddress, scheme });
  const parts = { method, target, version: '2', rawHeaders: raw, fieldNumbers: numbers } as const;
  const from = told ?? { scheme, clientAddress: peerAddress };
  const head = requestHead({ ...parts, ...from, ...(authority === undefined ? {} : { authority }) });
  const fault = hostFault(head, authority);
  if (fault !== undefined) return fault;
  return withBody(head, endsWithHead);
}

/** `Host` beside `:authority` must name the same (RFC 9113 section 8.3.1). */
function hostFault({ headers, host }: RequestHead, authority: string | undefined): MessageFault | undefined {
  const sent = headers.host;
  if (authority === undefined && sent === undefined) return 'host-missing';
  if (!isHostHeader(authority ?? sent!)) return 'host-invalid';
  if (authority === undefined || sent === undefined) return undefined;
  return isHostHeader(sent) && hostWithoutPort(sent) === host ? undefined : 'host-ambiguous';
}

function withBody(head: RequestHead, endsWithHead: boolean): StreamRequest | MessageFault {
  const { 'content-length': length, expect } = head.headers;
  if (length !== undefined) {
    const bytes = readContentLength(length);
    if (bytes === undefined || (endsWithHead && bytes > 0)) return 'content-length-invalid';
    if (bytes > bodyLimits.bodyBytesMax) return 'body-too-large';
  }
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') return 'expectation-unknown';
  const hasBody = !endsWithHead && length !== '0';
  return { head, hasBody, expectsContinue: expect !== undefined && hasBody };
}
