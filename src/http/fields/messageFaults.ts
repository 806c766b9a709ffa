/**
 * Why a message is refused, by what the reader met first: closed list. Syntax comes before meaning: a head with a broken
 * line and two Host fields is refused for the line, however its bytes arrive.
 */
export const messageFaults = {
  'start-line-invalid': 'the first line is not METHOD, target and HTTP version with one space between',
  'method-unknown': 'the method is none that HTTP knows',
  'target-invalid': 'the request target is neither a path nor an http URL',
  'version-unsupported': 'only HTTP/1.1 and HTTP/1.0 are spoken here',
  'line-end-invalid': 'a line does not end in CR LF',
  'field-folded': 'a header line begins with white space',
  'field-name-invalid': 'a header name is not a token directly before its colon',
  'field-value-invalid': 'a header value has a control character',
  'head-too-large': 'the first line and headers are larger than 64 KiB',
  'headers-too-many': 'there are more than 100 header lines',
  'host-missing': 'an HTTP/1.1 request needs a Host header',
  'host-repeated': 'the request has more than one Host header',
  'host-ambiguous': 'the request target and the Host header name different hosts',
  'host-invalid': 'the Host header is not a host name',
  'framing-ambiguous': 'Content-Length and Transfer-Encoding exclude each other',
  'content-length-invalid': 'Content-Length is not one whole number within reason',
  'transfer-coding-unsupported': 'the only supported transfer coding is chunked',
  'body-too-large': 'the body is larger than 1 TiB',
  'connect-refused': 'CONNECT is not served here',
  'expectation-unknown': 'the only supported expectation is 100-continue',
  'status-invalid': 'the status is not three digits from 100 to 599',
  'chunk-size-invalid': 'a chunk does not begin with its size in hexadecimal digits',
  'chunk-extension-invalid': 'a chunk extension has a control character or is longer than 256 bytes',
  'chunk-end-invalid': 'a chunk does not end where its size says',
  'trailers-invalid': 'the trailers are not header lines, or are larger than 8 KiB',
} as const;
export type MessageFault = keyof typeof messageFaults;

/** Where nothing else is said, 400. */
const statuses: Partial<Record<MessageFault, number>> = {
  'method-unknown': 501,
  'version-unsupported': 505,
  'head-too-large': 431,
  'headers-too-many': 431,
  'transfer-coding-unsupported': 501,
  'body-too-large': 413,
  'connect-refused': 405,
  'expectation-unknown': 417,
};

/** What whoever sent it is told beside a fault's own words. */
export function statusOfFault(fault: MessageFault): number {
  return statuses[fault] ?? 400;
}
