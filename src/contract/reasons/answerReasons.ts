import { type MessageFault, messageFaults, statusOfFault } from '../../http/index.ts';
import { type ModuleReasonWord, moduleReasons } from '../../modules/all.ts';
import type { ModuleReason } from '../../modules/row/declaration.ts';
import { type HelloRejection, helloRejections, type ProxyRejection, proxyRejections } from '../../wire/index.ts';

/** What is wrong with a request that was read, or with its connection. Those without a status just end the connection. */
const connectionFaults = {
  'head-timeout': { status: 408, says: 'the request head did not arrive in time' },
  'preface-timeout': { status: 0, says: 'what stands before HTTP on the connection did not arrive in time' },
  'proxy-untrusted': { status: 0, says: 'a PROXY header is expected here, from trusted proxies alone' },
  'tls-failed': { status: 0, says: 'the TLS handshake came to nothing' },
  'http2-malformed': { status: 0, says: 'a request of HTTP/2 broke the rules, and its stream was reset' },
  'streams-too-many': { status: 0, says: 'an HTTP/2 connection opened more streams at once than it may' },
  'http2-error': { status: 0, says: 'the HTTP/2 connection was ended for breaking its rules' },
  overloaded: { status: 503, says: 'this edge has more to do than it can' },
  'request-loop': { status: 508, says: 'the request has passed this edge too often' },
  'host-unknown': { status: 421, says: 'no site here has this host name' },
  'connections-too-many': { status: 0, says: 'the worker holds as many connections as it may' },
  'connection-lost': { status: 0, says: 'the connection ended inside a request head' },
} as const;

/**
 * Why a request or connection was turned away before a site was found: closed list; the word is the `Holdfast-Error`
 * header, the key in `WorkerHealth.rejected` and the metric label.
 */
export type Rejection = MessageFault | keyof typeof connectionFaults | ProxyRejection | HelloRejection;
export const rejections: Readonly<Record<Rejection, { readonly status: number; readonly says: string }>> = {
  ...(Object.fromEntries(
    Object.entries(messageFaults).map(([fault, says]) => [
      fault,
      { status: statusOfFault(fault as MessageFault), says },
    ]),
  ) as Record<MessageFault, { status: number; says: string }>),
  ...connectionFaults,
  ...(Object.fromEntries(
    Object.entries({ ...proxyRejections, ...helloRejections }).map(([reason, says]) => [
      reason,
      // Whoever speaks HTTP to a TLS port can read an answer in HTTP; the others speak something else yet.
      { status: reason === 'not-tls' ? 400 : 0, says },
    ]),
  ) as Record<ProxyRejection | HelloRejection, { status: number; says: string }>),
};

/** Of the edge itself; modules bring theirs. */
const edgeErrors = {
  'no-sites': { status: 503, says: 'this edge has no sites yet' },
  'not-found': { status: 404, says: 'there is nothing under this path of the edge' },
  'method-not-allowed': { status: 405, says: 'this path answers GET and HEAD' },
  internal: { status: 500, says: 'the edge failed on this request' },
  'module-closed': { status: 503, says: 'a step that may not be left out failed' },
  overloaded: { status: 503, says: 'this edge has more to do than it can' },
  'body-timeout': { status: 408, says: 'the request body stopped arriving' },
  'upstream-busy': { status: 503, says: 'too many requests wait for the origin' },
  'upstream-connect-failed': { status: 502, says: 'the origin refuses connections or cannot be found' },
  'upstream-connect-timeout': { status: 504, says: 'the origin did not accept a connection in time' },
  'upstream-closed': { status: 502, says: 'the origin closed the connection without an answer' },
  'upstream-malformed': { status: 502, says: 'the origin did not answer in valid HTTP' },
  'upstream-timeout': { status: 504, says: 'the origin did not answer in time' },
} as const;

/** Why the edge answered in a site's stead: closed list, also the `Holdfast-Error` header. */
export type OwnError = keyof typeof edgeErrors | ModuleReasonWord;
export const ownErrors: Readonly<Record<OwnError, ModuleReason>> = { ...edgeErrors, ...moduleReasons };

export function isUpstreamFailure(error: OwnError): boolean {
  return error.startsWith('upstream-') && error !== 'upstream-busy';
}
