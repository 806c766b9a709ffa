/**
 * Why a request or connection was turned away before a site was found: closed list; the word is the `Holdfast-Error`
 * header, the key in `WorkerHealth.rejected` and the metric label. Those without an answer just end the connection.
 */
export const rejections = {
  malformed: { status: 400, says: 'the request is not valid HTTP/1.1' },
  'head-too-large': { status: 431, says: 'the request line and headers are larger than 64 KiB' },
  'headers-too-many': { status: 431, says: 'the request has more than 100 header lines' },
  'head-timeout': { status: 408, says: 'the request head did not arrive in time' },
  'host-missing': { status: 400, says: 'an HTTP/1.1 request needs a Host header' },
  'host-repeated': { status: 400, says: 'the request has more than one Host header' },
  'host-ambiguous': { status: 400, says: 'the request target and the Host header name different hosts' },
  'host-invalid': { status: 400, says: 'the Host header is not a host name' },
  'framing-ambiguous': { status: 400, says: 'Content-Length and Transfer-Encoding exclude each other' },
  'content-length-invalid': { status: 400, says: 'Content-Length is not one whole number within reason' },
  'transfer-coding-unsupported': { status: 501, says: 'the only supported transfer coding is chunked' },
  'body-too-large': { status: 413, says: 'the body is larger than 1 TiB' },
  'target-invalid': { status: 400, says: 'the request target is neither a path nor an http URL' },
  'connect-refused': { status: 405, says: 'CONNECT is not served here' },
  'expectation-unknown': { status: 417, says: 'the only supported expectation is 100-continue' },
  'pipelined-too-many': { status: 400, says: 'too many requests of this connection wait for an answer' },
  'request-loop': { status: 508, says: 'the request has passed this edge too often' },
  'host-unknown': { status: 421, says: 'no site here has this host name' },
  'connections-too-many': { status: 0, says: 'the worker holds as many connections as it may' },
  'connection-lost': { status: 0, says: 'the connection ended inside a request head' },
} as const;
export type Rejection = keyof typeof rejections;

/** Why the edge answered in a site's stead: closed list, also the `Holdfast-Error` header. */
export const ownErrors = {
  'no-sites': { status: 503, says: 'this edge has no sites yet' },
  'not-found': { status: 404, says: 'there is nothing under this path of the edge' },
  'method-not-allowed': { status: 405, says: 'this path answers GET and HEAD' },
  internal: { status: 500, says: 'the edge failed on this request' },
  'module-refused': { status: 503, says: 'a step that may not be left out failed' },
  'body-timeout': { status: 408, says: 'the request body stopped arriving' },
  'upstream-busy': { status: 503, says: 'too many requests wait for the origin' },
  'upstream-connect-failed': { status: 502, says: 'the origin refuses connections or cannot be found' },
  'upstream-connect-timeout': { status: 504, says: 'the origin did not accept a connection in time' },
  'upstream-closed': { status: 502, says: 'the origin closed the connection without an answer' },
  'upstream-malformed': { status: 502, says: 'the origin did not answer in valid HTTP' },
  'upstream-timeout': { status: 504, says: 'the origin did not answer in time' },
} as const;
export type OwnError = keyof typeof ownErrors;

export function isUpstreamFailure(error: OwnError): boolean {
  return error.startsWith('upstream-') && error !== 'upstream-busy';
}
