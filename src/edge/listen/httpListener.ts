import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer, Socket } from 'node:net';
import { requestHead } from '../../http/index.ts';
import { edgeLimits } from '../limits.ts';
import { type Rejection, rejections } from '../reasons.ts';
import { answerOnSocket, answerRejected } from './answerRejection.ts';
import { checkRequest } from './checkRequest.ts';
import { endWhenUnread } from './endWhenUnread.ts';
import type { Exchange } from './exchange.ts';
import { type ExchangeOffer, NodeExchange } from './nodeExchange.ts';
import { rejectionOf } from './rejectionOf.ts';
import { type TrustedPeers, unmapped } from './trustedPeers.ts';
import { VisitorConnection } from './visitorConnection.ts';

/** Called by the listener for what arrives. Neither may throw. */
export interface ListenerEvents {
  onExchange(exchange: Exchange): void;
  /** Something was turned away before it became an exchange. */
  onRejection(reason: Rejection): void;
  /** A bug on our side of some input; its connection is gone. */
  onFailure(error: unknown): void;
}

/**
 * The visitors' side on `node:http`: strict parse by llhttp, the edge's own checks on top, and an answer with a counted
 * reason for whatever is refused. Nothing that a visitor sends reaches the process as an exception.
 */
export class HttpListener {
  readonly #server: Server;
  readonly #events: ListenerEvents;
  readonly #trusted: TrustedPeers;
  readonly #connections = new Map<Socket, VisitorConnection>();
  readonly bodyIdleMs: number;
  #isDraining = false;
  #onEmpty: (() => void) | undefined;

  constructor(trusted: TrustedPeers, events: ListenerEvents, bodyIdleMs: number = edgeLimits.bodyIdleMs) {
    this.bodyIdleMs = bodyIdleMs;
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
    const on = <Arguments extends unknown[]>(event: string, handle: (...args: Arguments) => void) => {
      server.on(event, (...args: unknown[]) => this.#guarded(args, () => handle(...(args as Arguments))));
    };
    on('connection', (socket: Socket) => this.#onConnection(socket));
    on('request', (request: IncomingMessage, response: ServerResponse) => this.#onRequest(request, response));
    on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
      this.#onRequest(request, response, { expectsContinue: true }),
    );
    on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
      this.#reject(request, response, 'expectation-unknown'),
    );
    on('upgrade', (request: IncomingMessage, socket: Socket, bytes: Uint8Array) =>
      this.#onUpgrade(request, socket, bytes),
    );
    on('connect', (_request: IncomingMessage, socket: Socket) => this.#rejectSocket(socket, 'connect-refused'));
    on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.#onClientError(error, socket));
    on('drop', () => this.#events.onRejection('connections-too-many'));
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

  /** Ends connections on which no request is underway. */
  closeIdle(): void {
    this.#server.closeIdleConnections();
  }

  /** Ends whatever is still open. */
  destroyAll(): void {
    for (const socket of this.#connections.keys()) socket.destroy();
    this.#server.close();
  }

  /**
   * The last line: whatever Node or this class throws on some input ends that connection, not the worker, and is reported.
   */
  #guarded(args: readonly unknown[], handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.#events.onFailure(error);
      for (const value of args) {
        if (value instanceof Socket) value.destroy();
        else if (value instanceof IncomingMessage) value.socket.destroy();
      }
    }
  }

  #onConnection(socket: Socket): void {
    const address = unmapped(socket.remoteAddress ?? '');
    const connection = new VisitorConnection(address, this.#trusted.has(address));
    this.#connections.set(socket, connection);
    socket.on('error', ignore);
    socket.on('close', () => {
      this.#connections.delete(socket);
      connection.abandonAll();
      if (this.#isDraining && this.#connections.size === 0) this.#onEmpty?.();
    });
  }

  /** Not behind requests that still wait for their answers: the tunnel would cut in (found by mutated input). */
  #mayUpgrade(request: IncomingMessage): boolean {
    return (
      request.method === 'GET' &&
      request.headers.upgrade?.trim().toLowerCase() === 'websocket' &&
      this.#connections.get(request.socket)?.unanswered === 0
    );
  }

  /** Node lets go of the connection here; until there is a 101 it still speaks HTTP, for one answer. */
  #onUpgrade(request: IncomingMessage, socket: Socket, bytesBehindHead: Uint8Array): void {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.on('finish', () => socket.destroySoon());
    this.#onRequest(request, response, { upgrade: { protocol: 'websocket', bytesBehindHead } });
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, offer: ExchangeOffer = {}): void {
    const connection = this.#connections.get(request.socket);
    if (connection === undefined || connection.isEnding) return;
    const { method = '', url = '', httpVersion: version, rawHeaders } = request;
    if (connection.unanswered >= edgeLimits.pipelinedMax) {
      this.#reject(request, response, 'pipelined-too-many');
      return;
    }
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
    const exchange = new NodeExchange(this, head, connection, request, response, checked.hasBody, offer);
    connection.unanswered += 1;
    connection.exchanges.add(exchange);
    response.on('close', () => {
      connection.unanswered -= 1;
      if (connection.exchanges.delete(exchange)) exchange.onClose();
    });
    this.#events.onExchange(exchange);
  }

  #headOf(connection: VisitorConnection, method: string, target: string, version: '1.0' | '1.1', rawHeaders: string[]) {
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
    const connection = this.#connections.get(request.socket);
    if (connection === undefined || connection.isEnding) return;
    connection.isEnding = true;
    connection.unanswered += 1;
    this.#events.onRejection(reason);
    answerRejected(request, response, reason);
    endWhenUnread(response, request.socket, this.bodyIdleMs);
  }

  #rejectSocket(socket: Socket, reason: Rejection): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined || connection.isEnding) {
      socket.destroy();
      return;
    }
    connection.isEnding = true;
    this.#events.onRejection(reason);
    const [exchange] = connection.exchanges;
    const isFree = connection.unanswered === 0 || (connection.unanswered === 1 && exchange?.isArriving === true);
    if (isFree && socket.writable && rejections[reason].status !== 0) {
      exchange?.forsake();
      answerOnSocket(socket, reason);
    } else {
      // An answer is under way: another one behind it would be read as part of it.
      socket.destroy();
    }
  }

  #onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
    const reason = rejectionOf(error);
    // Hanging up between requests, or never sending one, is nobody's fault.
    if (reason === undefined || socket.bytesRead === 0) socket.destroy();
    else this.#rejectSocket(socket, reason);
  }
}

function ignore(): void {}
