import type { MessageKind, StreamOutcome } from './messageEvents.ts';

/** Octets that our readers once took otherwise than llhttp: found by the differential run, shrunk by it, read again each time. */
export interface CounterExample {
  readonly found: string;
  readonly kind: MessageKind;
  readonly isHead?: boolean;
  /** latin1. */
  readonly text: string;
  readonly outcome: StreamOutcome;
  readonly fault?: string;
}

export const counterExamples: readonly CounterExample[] = [
  {
    found: 'an octet above 0x7f was taken in a target',
    kind: 'request',
    text: 'GET /\xff HTTP/1.1\r\nHost:\r\n\r\n',
    outcome: 'refused',
    fault: 'target-invalid',
  },
  {
    found: 'a tab was taken behind the transfer coding of a request',
    kind: 'request',
    text: 'POST / HTTP/1.1\r\nHost:\r\nTransfer-Encoding:chunked\t\r\n\r\n',
    outcome: 'refused',
    fault: 'transfer-coding-unsupported',
  },
  {
    found: 'a tab was taken behind the transfer coding of a response, whose body llhttp reads until the end',
    kind: 'response',
    text: 'HTTP/1.1 500\r\nTransfer-Encoding:Chunked\t\r\n\r\n',
    outcome: 'refused',
    fault: 'transfer-coding-unsupported',
  },
  {
    found: 'Content-Length was taken in the trailers of a request',
    kind: 'request',
    text: 'PUT / HTTP/1.1\r\nHost:\r\nTransfer-Encoding:chunked\r\n\r\n0\r\ncONTENT-lENGTH:\r\n\r\n',
    outcome: 'refused',
    fault: 'trailers-invalid',
  },
  {
    found: 'Content-Length was taken in the trailers of a response',
    kind: 'response',
    text: 'HTTP/1.1 500\r\nTransfer-Encoding:Chunked\r\n\r\n3\r\nabc\r\n0\r\nCONTENT-LENGTH:3\r\n\r\n',
    outcome: 'refused',
    fault: 'trailers-invalid',
  },
  {
    found: 'a request was read behind trailers with Connection: close, which llhttp heeds',
    kind: 'request',
    text: 'POST / HTTP/1.1\r\nHost:\r\nTransfer-Encoding:chunked\r\n\r\n0\r\nConnection:close\r\n\r\nPOST / HTTP/1.0\r\n\r\n',
    outcome: 'refused',
    fault: 'trailers-invalid',
  },
  {
    found: 'a request was read behind Proxy-Connection: close, which llhttp heeds',
    kind: 'request',
    text: 'GET / HTTP/1.1\r\nHost:\r\nProxy-Connection:close\r\n\r\nGET / HTTP/1.1\r\nHost:\r\n\r\n',
    outcome: 'closed',
  },
  {
    found: 'every reason of two letters behind 200 was read as OK',
    kind: 'response',
    text: 'HTTP/1.1 200 OX\r\nContent-Length:0\r\n\r\n',
    outcome: 'waiting',
  },
  {
    found: 'keep-alive behind close kept an HTTP/1.0 connection',
    kind: 'request',
    text: 'GET / HTTP/1.0\r\nConnection:close,keep-alive\r\n\r\n',
    outcome: 'closed',
  },
  {
    found: 'an empty line before a status line was refused, as aiohttp 4.0.0a2 sent one behind 100',
    kind: 'response',
    text: 'HTTP/1.1 100 Continue\r\n\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
    outcome: 'waiting',
  },
];
