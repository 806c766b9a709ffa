import {
  bodyLimits,
  fieldNumber,
  fieldValue,
  hostWithoutPort,
  isHostHeader,
  knownMethod,
  type MessageFault,
  type RequestHead,
  requestHead,
} from '../../http/index.ts';
import type { RequestFields } from '../../http2/index.ts';
import type { ConnectionFacts } from '../exchange/connectionFacts.ts';
import { isRequestLoop } from './requestLoop.ts';
import type { TrustedPeers } from './trustedPeers.ts';

const hostNumber = fieldNumber('host');
const expectNumber = fieldNumber('expect');

/** A request of HTTP/2 as it was read from its header block. */
export interface StreamRequest {
  readonly head: RequestHead;
  readonly hasBody: boolean;
  readonly expectsContinue: boolean;
}

/**
 * What the edge asks of a request beyond the codec's checks (RFC 9113 section 8.3.1): a method that is taken, one host, a
 * length within reason. `isBodyless`: it ended with its head.
 */
export function readStreamHead(
  { method: sentMethod, path, scheme: sentScheme, authority, raw, numbers, contentLength }: RequestFields,
  { peerAddress, handshake }: Pick<ConnectionFacts, 'peerAddress'> & Pick<RequestHead, 'handshake'>,
  trusted: TrustedPeers | undefined,
  isBodyless: boolean,
): StreamRequest | MessageFault | 'request-loop' {
  const method = knownMethod(sentMethod);
  if (method === undefined) return 'method-unknown';
  if (method === 'CONNECT' || path === undefined) return 'connect-refused';
  if (isRequestLoop({ raw, numbers })) return 'request-loop';
  const scheme = sentScheme === 'http' ? 'http' : 'https';
  const told = trusted?.told({ raw, numbers }, { peerAddress, scheme });
  const head = requestHead({
    method,
    target: path,
    version: '2',
    rawHeaders: raw,
    fieldNumbers: numbers,
    scheme: told?.scheme ?? scheme,
    clientAddress: told?.clientAddress ?? peerAddress,
    handshake,
    isRelayed: trusted !== undefined,
    ...(authority === undefined ? {} : { authority }),
  });
  const fault = hostFault(head, authority);
  if (fault !== undefined) return fault;
  return withBody(head, isBodyless, contentLength);
}

/** `Host` beside `:authority` must name the same (RFC 9113 section 8.3.1). */
function hostFault(head: RequestHead, authority: string | undefined): MessageFault | undefined {
  const sent = fieldValue(head.rawHeaders, head.fieldNumbers, hostNumber);
  if (authority === undefined && sent === undefined) return 'host-missing';
  if (!isHostHeader(authority ?? sent!)) return 'host-invalid';
  if (authority === undefined || sent === undefined) return undefined;
  return isHostHeader(sent) && hostWithoutPort(sent) === head.host ? undefined : 'host-ambiguous';
}

function withBody(head: RequestHead, isBodyless: boolean, length: number | undefined): StreamRequest | MessageFault {
  if (length !== undefined && length > bodyLimits.bodyBytesMax) return 'body-too-large';
  const expect = fieldValue(head.rawHeaders, head.fieldNumbers, expectNumber);
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') return 'expectation-unknown';
  const hasBody = !isBodyless && length !== 0;
  return { head, hasBody, expectsContinue: expect !== undefined && hasBody };
}
