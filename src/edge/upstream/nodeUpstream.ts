import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Origin } from '../../bundles/index.ts';
import type { BodyWriter, ResponseHead } from '../bodies.ts';
import { edgeLimits } from '../limits.ts';
import { MessageBody } from '../messageBody.ts';
import type { OwnError } from '../reasons.ts';
import { releaseAfterWrite } from '../releaseBytes.ts';
import { SocketTunnel } from '../socketTunnel.ts';
import type { Upstream, UpstreamEvents, UpstreamRequest } from './upstream.ts';

/**
 * Where all upstream sockets read to. The parser takes its copy before the next read, so one buffer serves them all and
 * reading leaves no garbage.
 */
const readBuffer = Buffer.allocUnsafeSlow(edgeLimits.streamBufferBytes);
const onRead = {
  buffer: readBuffer,
  callback(this: Socket, bytes: number): boolean {
    this.emit('data', readBuffer.subarray(0, bytes));
    return true;
  },
};

/** The origins' side on `node:http`: one pool of kept connections per origin, newest reused first. */
export class NodeUpstream implements Upstream {
  readonly #agent = new Agent({
    keepAlive: true,
    scheduling: 'lifo',
    maxFreeSockets: edgeLimits.upstreamFreeConnectionsMax,
    timeout: edgeLimits.upstreamKeepAliveMs,
    highWaterMark: edgeLimits.streamBufferBytes,
    noDelay: true,
    onread: onRead,
  } as ConstructorParameters<typeof Agent>[0]);
  readonly #open = new Map<string, number>();

  send(request: UpstreamRequest, events: UpstreamEvents): BodyWriter {
    const key = `${request.origin.host}:${request.origin.port}`;
    const open = this.#open.get(key) ?? 0;
    const call = new NodeCall(this.#agent, request, events, () => {
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left === 0) this.#open.delete(key);
      else this.#open.set(key, left);
    });
    this.#open.set(key, open + 1);
    if (open >= edgeLimits.upstreamRequestsMax) call.failSoon('upstream-busy', `${open} requests are open`);
    else call.start();
    return call;
  }

  /** Closes idle connections; open requests go on. */
  close(): void {
    this.#agent.destroy();
  }
}

/** RFC 9110 section 9.2.2, those that mean something without a body. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

/** One request to an origin, over one connection or, after a stale one, two. */
class NodeCall implements BodyWriter {
  readonly #agent: Agent;
  readonly #wanted: UpstreamRequest;
  readonly #events: UpstreamEvents;
  readonly #onClose: () => void;
  #request: ClientRequest | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  #wasRetried = false;
  #isConnected = false;
  #socket: Socket | undefined;
  /** Bytes that earlier answers brought over the same connection. */
  #bytesBefore = 0;
  #wasAnswered = false;
  #isOver = false;

  constructor(agent: Agent, wanted: UpstreamRequest, events: UpstreamEvents, onClose: () => void) {
    this.#agent = agent;
    this.#wanted = wanted;
    this.#events = events;
    this.#onClose = onClose;
  }

  start(): void {
    try {
      this.#request = this.#open(this.#agent);
    } catch (error) {
      this.failSoon('upstream-malformed', String(error));
    }
  }

  failSoon(error: OwnError, cause: string): void {
    setImmediate(() => this.#fail(error, cause));
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isOver || this.#request === undefined || this.#request.destroyed) return true;
    return this.#request.write(bytes, releaseAfterWrite(bytes));
  }

  end(): void {
    if (!this.#isOver && this.#request?.destroyed === false) this.#request.end();
  }

  abort(): void {
    this.#finish();
    this.#request?.destroy();
  }

  #open(agent: Agent | false): ClientRequest {
    const { origin, method, target, headers, hasBody } = this.#wanted;
    const request = httpRequest({
      agent,
      host: origin.host,
      port: origin.port,
      method,
      path: target,
      headers: headers as string[],
      setHost: false,
      maxHeaderSize: edgeLimits.headBytesMax,
      insecureHTTPParser: false,
    });
    request.on('socket', (socket) => this.#onSocket(socket));
    request.on('continue', () => this.#events.onContinue());
    request.on('response', (response) => this.#onResponse(response));
    request.on('upgrade', (response, socket, bytes) => this.#onUpgrade(response, socket, bytes));
    request.on('drain', () => this.#events.onUpstreamRoom());
    request.on('error', (error: NodeJS.ErrnoException) => this.#onError(error));
    if (!hasBody) request.end();
    return request;
  }

  #onSocket(socket: Socket): void {
    this.#socket = socket;
    this.#bytesBefore = socket.bytesRead;
    if (!socket.connecting) {
      this.#isConnected = true;
      return;
    }
    this.#connectTimer = setTimeout(() => {
      this.#fail('upstream-connect-timeout', `${addressOf(this.#wanted.origin)} after ${edgeLimits.connectMs} ms`);
      this.#request?.destroy();
    }, edgeLimits.connectMs);
    socket.once('connect', () => {
      this.#isConnected = true;
      clearTimeout(this.#connectTimer);
    });
  }

  #onResponse(response: IncomingMessage): void {
    if (this.#isOver) {
      response.resume();
      return;
    }
    this.#wasAnswered = true;
    response.on('close', () => this.#finish());
    this.#events.onResponse(headOf(response), new MessageBody(response));
  }

  #onUpgrade(response: IncomingMessage, socket: Socket, bytes: Uint8Array): void {
    if (this.#isOver || !this.#wanted.offersUpgrade) {
      socket.destroy();
      this.#fail('upstream-malformed', 'it switches to a protocol that nobody asked for');
      return;
    }
    this.#wasAnswered = true;
    socket.setTimeout(0);
    socket.on('close', () => this.#finish());
    this.#events.onSwitched(headOf(response), new SocketTunnel(socket, Uint8Array.from(bytes)));
  }

  #onError(error: NodeJS.ErrnoException): void {
    // Behind a response's head its body tells of the end.
    if (this.#isOver || this.#wasAnswered) return;
    if (this.#mayRetry(error)) {
      this.#wasRetried = true;
      try {
        // On a connection of its own: the other kept ones may be as stale as this one.
        this.#request = this.#open(false);
        return;
      } catch (failure) {
        this.#fail('upstream-malformed', String(failure));
        return;
      }
    }
    if (error.code?.startsWith('HPE_') === true) this.#fail('upstream-malformed', error.message);
    else this.#fail(this.#isConnected ? 'upstream-closed' : 'upstream-connect-failed', error.message);
  }

  /** RFC 9112 section 9.3.1: the origin closed a kept connection while the request was on its way. */
  #mayRetry(error: NodeJS.ErrnoException): boolean {
    const isStale = error.code === 'ECONNRESET' || error.code === 'EPIPE';
    return (
      isStale &&
      this.#request?.reusedSocket === true &&
      this.#socket?.bytesRead === this.#bytesBefore &&
      !this.#wasRetried &&
      !this.#wanted.hasBody &&
      idempotent.has(this.#wanted.method)
    );
  }

  #fail(error: OwnError, cause: string): void {
    if (this.#isOver) return;
    this.#finish();
    this.#events.onNoAnswer(error, cause);
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#connectTimer);
    this.#onClose();
  }
}

function headOf(response: IncomingMessage): ResponseHead {
  const { statusCode = 0, statusMessage = '', rawHeaders } = response;
  return { status: statusCode, statusText: statusMessage, headers: rawHeaders };
}

function addressOf(origin: Origin): string {
  return `${origin.host}:${origin.port}`;
}
