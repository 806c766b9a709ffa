import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { edgeLimits } from '../limits.ts';
import { type Rejection, rejections } from '../reasons.ts';

/** Answers a request that was parsed and is refused; the connection ends with it. */
export function answerRejected(request: IncomingMessage, response: ServerResponse, reason: Rejection): void {
  const body = `${rejections[reason].says}\n`;
  // What follows on this connection cannot be trusted to start where a request starts.
  response.shouldKeepAlive = false;
  response.writeHead(rejections[reason].status, headersOf(reason, body));
  response.end(request.method === 'HEAD' ? undefined : body);
  if (!request.complete) request.resume();
}

/**
 * Answers where there is no request, on the bare socket, and ends it. The visitor may still be sending: closing at once
 * would reset the answer under its hands, so the rest is read for a while and thrown away.
 */
export function answerOnSocket(socket: Socket, reason: Rejection): void {
  const { status, says } = rejections[reason];
  const body = `${says}\n`;
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`];
  const headers = [...headersOf(reason, body), 'Connection', 'close'];
  for (let index = 0; index < headers.length; index += 2) lines.push(`${headers[index]}: ${headers[index + 1]}`);
  socket.removeAllListeners('data');
  socket.on('data', ignore);
  socket.resume();
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), edgeLimits.lingerMs);
  socket.on('close', () => clearTimeout(timer));
  socket.on('end', () => socket.destroy());
}

function headersOf(reason: Rejection, body: string): string[] {
  return [
    'Content-Type',
    'text/plain; charset=utf-8',
    'Content-Length',
    String(Buffer.byteLength(body)),
    'Holdfast-Error',
    reason,
    'Via',
    '1.1 holdfast',
  ];
}

function ignore(): void {}
