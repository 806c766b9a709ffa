import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHead } from '../../http/requestHead.ts';
import type { BodySource, BodyWriter, ResponseHead, Tunnel } from '../bodies.ts';
import { edgeLimits } from '../limits.ts';
import { MessageBody } from '../messageBody.ts';
import { releaseAfterWrite } from '../releaseBytes.ts';
import { SocketTunnel } from '../socketTunnel.ts';
import { endWhenUnread } from './endWhenUnread.ts';
import type { Exchange, ResponseEvents } from './exchange.ts';

/** What an exchange asks of its listener. */
export interface ExchangeListener {
  readonly isDraining: boolean;
  /** How long the rest of an answer may wait for a visitor that reads nothing. */
  readonly bodyIdleMs: number;
}

/** What a visitor offers beside a plain request. */
export interface ExchangeOffer {
  readonly expectsContinue?: boolean;
  readonly upgrade?: { readonly protocol: string; readonly bytesBehindHead: Uint8Array };
}

/** An exchange on `node:http`. It is its own body writer: one object per request. */
export class NodeExchange implements Exchange, BodyWriter {
  readonly head: RequestHead;
  readonly peerAddress: string;
  readonly isPeerTrusted: boolean;
  readonly body: BodySource | null;
  readonly expectsContinue: boolean;
  readonly upgrade: string | null;
  /** What the visitor sent behind a head that offers an upgrade. */
  readonly #bytesBehindHead: Uint8Array;
  readonly #listener: ExchangeListener;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #wasContinued = false;
  #isForsaken = false;
  #onAbandoned: (() => void) | undefined;

  constructor(
    listener: ExchangeListener,
    head: RequestHead,
    peer: { readonly address: string; readonly isTrusted: boolean },
    request: IncomingMessage,
    response: ServerResponse,
    hasBody: boolean,
    { expectsContinue = false, upgrade }: ExchangeOffer,
  ) {
    this.#listener = listener;
    this.head = head;
    this.peerAddress = peer.address;
    this.isPeerTrusted = peer.isTrusted;
    this.#request = request;
    this.#response = response;
    this.body = hasBody ? new MessageBody(request) : null;
    this.expectsContinue = expectsContinue && hasBody;
    this.upgrade = upgrade?.protocol ?? null;
    this.#bytesBehindHead = upgrade?.bytesBehindHead ?? noBytes;
  }

  /** Told by the listener: the answer is handed over, or its connection is gone. */
  onClose(): void {
    if (!this.#response.writableFinished) this.#onAbandoned?.();
  }

  /** Its body is still arriving and nothing of an answer was sent: an error in the framing concerns this exchange. */
  get isArriving(): boolean {
    return !this.#response.headersSent && !this.#request.complete;
  }

  /** The connection's framing broke and is answered without this exchange: nothing may be written through it any more. */
  forsake(): void {
    this.#isForsaken = true;
    this.#onAbandoned?.();
  }

  sendContinue(): void {
    if (this.#wasContinued || this.#isForsaken || this.#response.headersSent) return;
    this.#wasContinued = true;
    this.#response.writeContinue();
  }

  respond(head: ResponseHead, events: ResponseEvents): BodyWriter {
    this.#writeHead(head);
    const response = this.#response;
    response.on('drain', () => events.onVisitorRoom());
    // The head goes out with the body's first bytes when those are here already, alone when they keep waiting.
    setImmediate(flushHead, response);
    return this;
  }

  respondWhole(head: ResponseHead, body: string | Uint8Array): void {
    this.#writeHead(head);
    this.end(body);
  }

  switchProtocols(head: ResponseHead): Tunnel {
    const { socket } = this.#request;
    const lines = [`HTTP/1.1 ${head.status} ${head.statusText}`];
    for (let index = 0; index < head.headers.length; index += 2) {
      lines.push(`${head.headers[index]}: ${head.headers[index + 1]}`);
    }
    socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    return new SocketTunnel(socket, this.#bytesBehindHead);
  }

  onAbandoned(listener: () => void): void {
    this.#onAbandoned = listener;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isForsaken || this.#response.destroyed) return true;
    return this.#response.write(bytes, releaseAfterWrite(bytes));
  }

  end(body?: string | Uint8Array): void {
    if (this.#isForsaken || this.#response.destroyed) return;
    this.#response.end(body);
    endWhenUnread(this.#response, this.#request.socket, this.#listener.bodyIdleMs);
    if (!this.#request.complete) this.#lingerOverBody();
  }

  abort(): void {
    // Forsaken: the listener is writing its last words on this connection.
    if (!this.#isForsaken) this.#request.socket.destroy();
  }

  /** Throws what Node throws on a head that cannot be written; nothing was sent then. */
  #writeHead(head: ResponseHead): void {
    if (this.#isForsaken || this.#response.destroyed) return;
    // Without a 100 the visitor may or may not send its body; nobody knows where the next request would start.
    const isUncertain = this.expectsContinue && !this.#wasContinued;
    if (isUncertain || this.#listener.isDraining) this.#response.shouldKeepAlive = false;
    this.#response.writeHead(head.status, head.statusText, head.headers as string[]);
  }

  /** The answer is complete and the visitor still sends: closing now would reset the answer under its hands. */
  #lingerOverBody(): void {
    const request = this.#request;
    new MessageBody(request).discard();
    const timer = setTimeout(() => request.socket.destroy(), edgeLimits.lingerMs);
    request.on('close', () => clearTimeout(timer));
  }
}

const noBytes = new Uint8Array(0);

function flushHead(response: ServerResponse): void {
  if (!response.destroyed && !response.writableEnded) response.flushHeaders();
}
