import { scoreHeader, verifiedHeader } from '../../contract/trace.ts';
import { fieldNumber, fieldValue, hostWithoutPort, type RequestHead } from '../../http/index.ts';
import { fieldTable, isHopByHop, namedByConnection } from '../exchange/hopByHop.ts';

/** What the head alone does not say about a request that goes to an origin. */
export interface ToOrigin {
  readonly peerAddress: string;
  readonly isPeerTrusted: boolean;
  readonly hasBody: boolean;
  readonly expectsContinue: boolean;
  /** Protocol that is offered to the origin, as it was to the edge. */
  readonly upgrade: string | null;
}

const scoreName = scoreHeader.toLowerCase();
const verifiedName = verifiedHeader.toLowerCase();
const contentLength = fieldNumber('content-length');
const cookie = fieldNumber('cookie');
const host = fieldNumber('host');
const forwardedFor = fieldNumber('x-forwarded-for');
const forwardedHost = fieldNumber('x-forwarded-host');
/** Written anew below, or between edge and visitor only. */
const isWritten = fieldTable([
  'host',
  'expect',
  'holdfast-bot-score',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
]);
/** What proxies tell each other; gone unless a trusted proxy sent it. */
const isToldByProxies = fieldTable([
  'forwarded',
  'x-real-ip',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-forwarded-prefix',
]);
const isDropped = isHopByHop.map((drops, number) => drops | isWritten[number]!);

/**
 * The head of the request to the origin, but for what modules add and the empty line: written anew from what was parsed, in the visitor's order and case. Host is
 * kept. Trailers are not passed on, and so `TE` and `Trailer` are not either. A body without a length goes out chunked.
 */
export function headToOrigin(head: RequestHead, to: ToOrigin): string {
  const { rawHeaders: raw, fieldNumbers: numbers } = head;
  const named = namedByConnection({ raw: raw as string[], numbers: numbers as number[] });
  let text = `${head.method} ${head.target} HTTP/1.1\r\nHost: ${authorityOf(head)}\r\n`;
  let hasLength = false;
  for (let line = 0; line < numbers.length; line++) {
    const number = numbers[line]!;
    if (isDropped[number] === 1 || (isToldByProxies[number] === 1 && !to.isPeerTrusted)) continue;
    const name = raw[line * 2]!;
    // HTTP/2 may send its crumbs apart; HTTP/1.1 has one Cookie (RFC 9113 section 8.2.3).
    if (number === cookie && head.version === '2') {
      if (numbers.indexOf(cookie) === line) text += `${name}: ${head.headers.cookie}\r\n`;
      continue;
    }
    if (number === contentLength) hasLength = true;
    else if (number === 0 && isEdgesOwn(name, to.isPeerTrusted)) continue;
    if (named?.has(name.toLowerCase()) === true) continue;
    text += `${name}: ${raw[line * 2 + 1]}\r\n`;
  }
  if (!hasLength) {
    if (to.hasBody) text += 'Transfer-Encoding: chunked\r\n';
    else if (mayHaveBody(head.method)) text += 'Content-Length: 0\r\n';
  }
  if (to.upgrade !== null) text += `Connection: Upgrade\r\nUpgrade: ${to.upgrade}\r\n`;
  if (to.expectsContinue) text += 'Expect: 100-continue\r\n';
  return `${text}${forwardedText(head, to)}Via: 1.1 holdfast\r\n`;
}

/** Whether the request to the origin frames its body in chunks. */
export function isChunkedToOrigin(head: RequestHead): boolean {
  return !head.fieldNumbers.includes(contentLength);
}

/** `x_forwarded_for` reaches many applications as the same variable as `X-Forwarded-For`. */
function isEdgesOwn(sent: string, isPeerTrusted: boolean): boolean {
  // Only an unknown name with one of these letters can be one.
  const first = sent.charCodeAt(0) | 0x20;
  if (first !== 0x78 && first !== 0x68 && first !== 0x66) return false;
  const name = sent.toLowerCase().replaceAll('_', '-');
  if (name === scoreName || name === verifiedName) return true;
  // Written anew below even for a trusted peer.
  if (name === 'x-forwarded-for' || name === 'x-forwarded-proto' || name === 'x-forwarded-host') return true;
  return !isPeerTrusted && (name === 'forwarded' || name === 'x-real-ip' || name.startsWith('x-forwarded-'));
}

function forwardedText(head: RequestHead, { peerAddress, isPeerTrusted }: ToOrigin): string {
  if (!isPeerTrusted) {
    return `X-Forwarded-For: ${peerAddress}\r\nX-Forwarded-Proto: ${head.scheme}\r\nX-Forwarded-Host: ${authorityOf(head)}\r\n`;
  }
  const { rawHeaders: raw, fieldNumbers: numbers } = head;
  const before = fieldValue(raw, numbers, forwardedFor);
  const chain = before === undefined ? peerAddress : `${before}, ${peerAddress}`;
  const named = fieldValue(raw, numbers, forwardedHost) ?? authorityOf(head);
  return `X-Forwarded-For: ${chain}\r\nX-Forwarded-Proto: ${head.scheme}\r\nX-Forwarded-Host: ${named}\r\n`;
}

/** What was judged, never another: Host with its port as the visitor wrote it, or the absolute target's host alone. */
function authorityOf(head: RequestHead): string {
  const line = head.fieldNumbers.indexOf(host);
  const sent = line === -1 ? undefined : head.rawHeaders[line * 2 + 1];
  return sent !== undefined && hostWithoutPort(sent) === head.host ? sent : (head.authority ?? head.host);
}

function mayHaveBody(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}
