import type { Rejection } from '../reasons.ts';

/** Node's words for what went wrong while reading a head or a body's framing; undefined: the peer just left. */
export function rejectionOf(error: NodeJS.ErrnoException): Rejection | undefined {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'head-too-large';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'head-timeout';
    case 'HPE_UNEXPECTED_CONTENT_LENGTH':
    case 'HPE_INVALID_CONTENT_LENGTH':
      return error.message.includes('Transfer-Encoding') ? 'framing-ambiguous' : 'content-length-invalid';
    case 'HPE_INVALID_TRANSFER_ENCODING':
      return error.message.includes('Content-Length') ? 'framing-ambiguous' : 'transfer-coding-unsupported';
    case 'HPE_INVALID_EOF_STATE':
      return 'connection-lost';
    default:
      return error.code?.startsWith('HPE_') === true ? 'malformed' : undefined;
  }
}
