import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import { type AdminAnswer, type AdminSource, adminAnswer } from './adminAnswer.ts';
import { adminLimits } from './limits.ts';

export interface AdminServerPorts {
  readonly source: AdminSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** On an address: only requests for a loopback name are answered, so that no web page in a browser can read it. */
  readonly isOnAddress: boolean;
}

/**
 * HTTP on the admin socket, for reading alone: GET and HEAD without a body. It lives in the supervisor, which serves no
 * visitor and waits for nothing, so that it answers when every worker is busy or dead. Nothing that is sent to it ends the
 * supervisor, and an answer that cannot be made is a 500.
 */
export function adminServer(ports: AdminServerPorts): Server {
  const pages = new PageMemory(ports);
  const server = createServer(
    {
      maxHeaderSize: adminLimits.headBytesMax,
      headersTimeout: adminLimits.requestMsMax,
      requestTimeout: adminLimits.requestMsMax,
      keepAliveTimeout: adminLimits.keepAliveMs,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => answer(request, response, ports, pages),
  );
  server.maxConnections = adminLimits.connectionsMax;
  // An idle connection, or one that does not read its answer.
  server.timeout = adminLimits.keepAliveMs;
  return server;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { isOnAddress, logger }: AdminServerPorts,
  pages: PageMemory,
): void {
  try {
    const refused = refusalOf(request, isOnAddress);
    const { status, type, text } = refused ?? pages.get(request.url ?? '');
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store' };
    // What follows a refused head is not read.
    response.writeHead(status, refused === undefined ? headers : { ...headers, connection: 'close' });
    response.end(request.method === 'HEAD' ? undefined : text);
    if (refused !== undefined) response.once('finish', () => request.socket.destroySoon());
  } catch (error) {
    logger.error('admin-answer-failed', { path: request.url?.slice(0, 100), message: String(error) });
    if (!response.headersSent) response.writeHead(500, { connection: 'close' });
    response.end();
  }
}

function refusalOf({ method, headers }: IncomingMessage, isOnAddress: boolean): AdminAnswer | undefined {
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'this socket answers GET and HEAD');
  if (headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0')
    return refusal(413, 'this socket takes no body');
  if (isOnAddress && !isLoopbackName(headers.host ?? '')) return refusal(421, 'ask for 127.0.0.1 or localhost');
  return undefined;
}

function refusal(status: number, text: string): AdminAnswer {
  return { status, type: 'text/plain; charset=utf-8', text: `${text}\n` };
}

function isLoopbackName(host: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/i.test(host);
}

/** The last page and when it was made: however often it is asked for, the supervisor makes it a few times a second. */
class PageMemory {
  readonly #ports: AdminServerPorts;
  #target = '';
  #page: AdminAnswer | undefined;
  #madeMs = 0;

  constructor(ports: AdminServerPorts) {
    this.#ports = ports;
  }

  get(target: string): AdminAnswer {
    const nowMs = this.#ports.clock.monotonicMs();
    const isFresh = nowMs - this.#madeMs < adminLimits.pageMsMin && target === this.#target;
    if (this.#page !== undefined && isFresh) return this.#page;
    this.#page = adminAnswer(target, this.#ports.source);
    this.#target = target;
    this.#madeMs = nowMs;
    return this.#page;
  }
}
