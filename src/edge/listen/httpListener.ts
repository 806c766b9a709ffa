import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import { requestHead } from '../../http/index.ts';
import { edgeLimits } from '../limits.ts';
import { type Rejection, rejections } from '../reasons.ts';
import { checkRequest } from './checkRequest.ts';
import type { Exchange } from './exchange.ts';
import { NodeExchange } from './nodeExchange.ts';
import { type TrustedPeers, unmapped } from './trustedPeers.ts';

/** Called by the listener for what arrives. Neither may throw. */
export interface ListenerEvents {
  onExchange(exchange: Exchange): void;
  /** Something was turned away before it became an exchange. */
  onRejection(reason: Rejection): void;
}

/** One visitor connection. */
interface Connection {
  readonly address: string;
  readonly isTrusted: boolean;
  /** Exchanges without a complete answer; more than one only when the visitor pipelines. */
  open: number;
  newest: NodeExchange | undefined;
}

/**
 * The visitors' side on `node:http`: strict parse by llhttp, the edge's own checks on top, and an answer with a counted
 * reason for whatever is refused. Nothing that a visitor sends reaches the process as an exception.
 */
export class HttpListener {
  readonly #server: Server;
  readonly #events: ListenerEvents;
  readonly #trusted: TrustedPeers;
  readonly #connections = new Map<Socket, Connection>();
  #isDraining = false;
  #onEmpty: (() => void) | undefined;

  constructor(trusted: TrustedPeers, events: ListenerEvents) {
    this.#trusted = trusted;
    this.#events = events;
    const server = createServer({
      insecureHTTPParser: false,
      maxHeaderSize: edgeLimits.headBytesMax,
      headersTimeout: edgeLimits.headMs,
      // A large upload may take hours; the wait for its next byte is bounded by the exchange.
      requestTimeout: 0,
      connectionsCheckingInterval: edgeLimits.headCheckMs,
      keepAliveTimeout: edgeLimits.keepAliveMs,
      // Checked here, to be counted.
      requireHostHeader: false,
      highWaterMark: edgeLimits.streamBufferBytes,
      noDelay: true,
      // Other upgrades (h2c) are an offer that may be ignored: the request is answered as what it is.
      shouldUpgradeCallback: (request) => this.#mayUpgrade(request),
    });
    // Node refuses more than this as an overflow; between the two limits the edge can say what was too much.
    server.maxHeadersCount = edgeLimits.headersMax * 10;
    server.maxConnections = edgeLimits.connectionsMax;
    // A visitor that closes its sending half still reads its answer (RFC 9112 section 9.6).
    (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
    server.on('connection', (socket: Socket) => this.#onConnection(socket));
    server.on('request', (request, response) => this.#onRequest(request, response, false, null));
    server.on('checkContinue', (request, response) => this.#onRequest(request, response, true, null));
    server.on('upgrade', (request, socket: Socket, bytes) => this.#onUpgrade(request, socket, bytes));
    server.on('checkExpectation', (request, response) => this.#reject(request, response, 'expectation-unknown'));
    server.on('connect', (_request, socket: Socket) => this.#rejectSocket(socket, 'connect-refused'));
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.#onClientError(error, socket));
    server.on('drop', () => this.#events.onRejection('connections-too-many'));
    this.#server = server;
  }

  /** Resolves when it listens. Rejects with Node's error (EADDRINUSE, EACCES …). */
  listen(where: { readonly fd: number } | { readonly host: string; readonly port: number }): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(where, () => {
        this.#server.off('error', reject);
        // Accepting can fail later (EMFILE); those connections wait in the queue.
        this.#server.on('error', () => {});
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /**
   * Accepts no more. Open connections get `Connection: close` with their next answer; idle ones stay until then, because
   * closing one may cross a request that is on its way.
   */
  drain(onEmpty: () => void): void {
    this.#isDraining = true;
    this.#onEmpty = onEmpty;
    // http.Server.close would close idle connections at once.
    NetServer.prototype.close.call(this.#server);
    if (this.#connections.size === 0) onEmpty();
  }

  /** Ends whatever is still open. */
  destroyAll(): void {
    for (const socket of this.#connections.keys()) socket.destroy();
    this.#server.close();
  }

  #onConnection(socket: Socket): void {
    const address = unmapped(socket.remoteAddress ?? '');
    const connection = { address, isTrusted: this.#trusted.has(address), open: 0, newest: undefined };
    this.#connections.set(socket, connection);
    socket.on('error', ignore);
    socket.on('close', () => {
      this.#connections.delete(socket);
      if (this.#isDraining && this.#connections.size === 0) this.#onEmpty?.();
    });
  }

  /** Not behind requests that still wait for their answers: the tunnel would cut in (found by mutated input). */
  #mayUpgrade(request: IncomingMessage): boolean {
    return (
      request.method === 'GET' &&
      request.headers.upgrade?.trim().toLowerCase() === 'websocket' &&
      this.#connections.get(request.socket)?.open === 0
    );
  }

  /** Node lets go of the connection here; until there is a 101 it still speaks HTTP, for one answer. */
  #onUpgrade(request: IncomingMessage, socket: Socket, bytesBehindHead: Uint8Array): void {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.on('finish', () => socket.destroySoon());
    this.#onRequest(request, response, false, { protocol: 'websocket', bytesBehindHead });
  }

  #onRequest(
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
    upgrade: { readonly protocol: string; readonly bytesBehindHead: Uint8Array } | null,
  ): void {
    const connection = this.#connections.get(request.socket);
    if (connection === undefined || connection.open >= edgeLimits.pipelinedMax) {
      this.#reject(request, response, 'pipelined-too-many');
      return;
    }
    const { method = '', url = '', httpVersion: version, rawHeaders } = request;
    if (version !== '1.1' && version !== '1.0') {
      this.#reject(request, response, 'malformed');
      return;
    }
    const checked = checkRequest(method, url, version, rawHeaders);
    if (typeof checked === 'string') {
      this.#reject(request, response, checked);
      return;
    }
    const head = this.#headOf(connection, method, url, version, rawHeaders);
    connection.open += 1;
    const expects = expectsContinue && checked.hasBody;
    const exchange = new NodeExchange(this, head, connection, request, response, checked.hasBody, expects, upgrade);
    response.on('close', () => {
      connection.open -= 1;
      if (connection.newest === exchange) connection.newest = undefined;
      exchange.onClose();
    });
    connection.newest = exchange;
    this.#events.onExchange(exchange);
  }

  #headOf(connection: Connection, method: string, target: string, version: '1.0' | '1.1', rawHeaders: string[]) {
    const head = requestHead({
      method,
      target,
      version,
      rawHeaders,
      scheme: 'http',
      clientAddress: connection.address,
    });
    if (!connection.isTrusted) return head;
    const clientAddress = this.#trusted.visitorAddress(connection.address, head.headers['x-forwarded-for']);
    const isHttps = head.headers['x-forwarded-proto']?.trim().toLowerCase() === 'https';
    return { ...head, clientAddress, scheme: isHttps ? ('https' as const) : head.scheme };
  }

  #reject(request: IncomingMessage, response: ServerResponse, reason: Rejection): void {
    this.#events.onRejection(reason);
    const { status, says } = rejections[reason];
    const body = `${says}\n`;
    // What follows on this connection cannot be trusted to start where a request starts.
    response.shouldKeepAlive = false;
    response.writeHead(status, rejectionHeaders(reason, body));
    response.end(request.method === 'HEAD' ? undefined : body);
    if (!request.complete) request.resume();
  }

  /** An answer where no exchange exists; the visitor may still be sending, so the rest is read for a while. */
  #rejectSocket(socket: Socket, reason: Rejection): void {
    this.#events.onRejection(reason);
    const { status, says } = rejections[reason];
    const body = `${says}\n`;
    const lines = [`HTTP/1.1 ${status} ${statusTexts[status]}`];
    const headers = [...rejectionHeaders(reason, body), 'Connection', 'close'];
    for (let index = 0; index < headers.length; index += 2) lines.push(`${headers[index]}: ${headers[index + 1]}`);
    socket.removeAllListeners('data');
    socket.on('data', ignore);
    socket.resume();
    socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
    const timer = setTimeout(() => socket.destroy(), edgeLimits.lingerMs);
    socket.on('close', () => clearTimeout(timer));
    socket.on('end', () => socket.destroy());
  }

  #onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
    const reason = rejectionOf(error);
    const connection = this.#connections.get(socket);
    // Hanging up between requests, or never sending one, is nobody's fault.
    if (reason === undefined || connection === undefined || socket.bytesRead === 0) {
      socket.destroy();
      return;
    }
    const isFree = connection.open === 0 || (connection.open === 1 && connection.newest?.isUnanswered === true);
    if (isFree && socket.writable && rejections[reason].status !== 0) {
      connection.newest?.forsake();
      this.#rejectSocket(socket, reason);
    } else {
      // An answer is under way: another one behind it would be read as part of it.
      this.#events.onRejection(reason);
      socket.destroy();
    }
  }
}

const statusTexts: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

function rejectionHeaders(reason: Rejection, body: string): string[] {
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

/** Node's words for what went wrong while reading a head or a body's framing. */
function rejectionOf(error: NodeJS.ErrnoException): Rejection | undefined {
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

function ignore(): void {}
