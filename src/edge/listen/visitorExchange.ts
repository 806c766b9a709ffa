import { BodyReader, type FieldLines, fieldNumber, fieldText, type RequestHead } from '../../http/index.ts';
import { assert } from '../../kernel/assert.ts';
import type { BodySink, BodySource, BodyWriter, ResponseHead, Tunnel } from '../exchange/bodies.ts';
import type { ConnectionFacts } from '../exchange/connectionFacts.ts';
import type { Exchange, ResponseEvents } from '../exchange/exchange.ts';
import type { SocketWriter } from '../sockets/socketWriter.ts';
import { httpDate } from './httpDate.ts';

const contentLength = fieldNumber('content-length');
const date = fieldNumber('date');

/** What an exchange asks of its connection. */
export interface ExchangeConnection {
  readonly writer: SocketWriter;
  readonly facts: ConnectionFacts;
  readonly isPeerTrusted: boolean;
  /** Whether another request may follow as far as the connection is concerned. */
  readonly mayGoOn: boolean;
  /** The exchange would have its body; called again after each pause. */
  readBody(): void;
  pauseReading(): void;
  /** The answer is complete. */
  onAnswered(isKeptAlive: boolean): void;
  switchToTunnel(): Tunnel;
  destroy(): void;
}

/** What the reader said about a request beside its head. */
export interface ExchangeOffer {
  readonly bodyBytes: number;
  readonly isKeptAlive: boolean;
  readonly expectsContinue: boolean;
  readonly upgrade: 'websocket' | null;
}

/**
 * One request of an HTTP/1.1 connection and its answer. It is its own body source and writer: one object per request.
 */
export class VisitorExchange implements Exchange, BodySource, BodyWriter {
  readonly head: RequestHead;
  readonly expectsContinue: boolean;
  readonly upgrade: 'websocket' | null;
  readonly body: BodySource | null;
  readonly #connection: ExchangeConnection;
  readonly #reader: BodyReader | undefined;
  #isKeptAlive: boolean;
  #sink: BodySink | undefined;
  #isPaused = false;
  #isDiscarding = false;
  #wasContinued = false;
  #framing: 'sized' | 'chunked' | 'until-closed' | 'none' = 'none';
  #state: 'waiting' | 'answering' | 'over' = 'waiting';
  #events: ResponseEvents | undefined;
  #onAbandoned: (() => void) | undefined;

  constructor(connection: ExchangeConnection, head: RequestHead, offer: ExchangeOffer) {
    this.#connection = connection;
    this.head = head;
    this.#reader = offer.bodyBytes === 0 ? undefined : new BodyReader(offer.bodyBytes);
    this.body = this.#reader === undefined ? null : this;
    this.#isKeptAlive = offer.isKeptAlive;
    this.expectsContinue = offer.expectsContinue;
    this.upgrade = offer.upgrade;
  }

  get peerAddress(): string {
    return this.#connection.facts.peerAddress;
  }

  get connection(): ConnectionFacts {
    return this.#connection.facts;
  }

  get isPeerTrusted(): boolean {
    return this.#connection.isPeerTrusted;
  }

  sendContinue(): void {
    if (this.#wasContinued || this.#state !== 'waiting') return;
    this.#wasContinued = true;
    this.#connection.writer.addText('HTTP/1.1 100 Continue\r\n\r\n');
    this.#connection.writer.flush();
  }

  respond(head: ResponseHead, events: ResponseEvents): BodyWriter {
    this.#events = events;
    this.#writeHead(head);
    return this;
  }

  respondWhole(head: ResponseHead, body: string): void {
    this.#writeHead(head);
    if (this.#state !== 'answering') return;
    if (this.#framing !== 'none') this.#connection.writer.addBytes(Buffer.from(body));
    this.#finish();
  }

  switchProtocols(head: ResponseHead): Tunnel {
    this.#state = 'over';
    const { writer } = this.#connection;
    writer.addText(`HTTP/1.1 101 ${head.reason}\r\n${fieldText(head.fields)}\r\n`);
    writer.flushNow();
    return this.#connection.switchToTunnel();
  }

  onAbandoned(listener: () => void): void {
    // Between its head and now the visitor may have left.
    if (this.#state === 'over') listener();
    else this.#onAbandoned = listener;
  }

  abort(): void {
    if (this.#state !== 'over') this.#connection.destroy();
  }

  // The answer's body.

  write(bytes: Buffer): boolean {
    if (this.#state !== 'answering' || this.#framing === 'none') return true;
    const { writer } = this.#connection;
    if (this.#framing === 'chunked') writer.addChunk(bytes);
    else writer.addBytes(bytes);
    return !writer.isFull;
  }

  flush(): void {
    if (this.#state === 'answering') this.#connection.writer.flush();
  }

  end(): void {
    if (this.#state !== 'answering') return;
    if (this.#framing === 'chunked') this.#connection.writer.addLastChunk();
    this.#finish();
  }

  // The request's body.

  flowTo(sink: BodySink): void {
    this.#sink = sink;
    this.#connection.readBody();
  }

  pause(): void {
    this.#isPaused = true;
    this.#connection.pauseReading();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#connection.readBody();
  }

  discard(): void {
    this.#isDiscarding = true;
    this.#isPaused = false;
    this.#connection.readBody();
  }

  // Called by the connection.

  get isBodyDone(): boolean {
    return this.#reader === undefined || this.#reader.isDone;
  }

  /** Somebody takes the body's octets now. */
  get isReading(): boolean {
    return !this.isBodyDone && (this.#isDiscarding || (this.#sink !== undefined && !this.#isPaused));
  }

  get isAnswered(): boolean {
    return this.#state === 'over';
  }

  /** Nothing of an answer was sent. */
  get isUnanswered(): boolean {
    return this.#state === 'waiting';
  }

  /** Gives `bytes` on and tells where the body ended; -1: its framing is broken, see `bodyFault`. */
  readBody(bytes: Buffer, start: number, end: number): number {
    const reader = this.#reader!;
    const next = reader.read(bytes, start, end, this);
    if (next !== -1 && reader.isDone && !this.#isDiscarding) this.#sink?.onEnd();
    return next;
  }

  get bodyFault(): BodyReader['fault'] {
    return this.#reader!.fault;
  }

  onBytes(bytes: Buffer): void {
    if (!this.#isDiscarding) this.#sink?.onBytes(bytes);
  }

  lull(): void {
    if (!this.#isDiscarding) this.#sink?.onLull();
  }

  hasRoom(): void {
    if (this.#state === 'answering') this.#events?.onVisitorRoom();
  }

  /** The visitor ended in the middle of its body. */
  cutOff(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    if (!this.isBodyDone) sink?.onFailure();
  }

  /** Its connection is gone, or answers without it: nothing is written through it any more. */
  abandon(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#onAbandoned?.();
  }

  #writeHead(head: ResponseHead): void {
    if (this.#state === 'over') return;
    assert(this.#state === 'waiting', 'an exchange is answered once');
    this.#state = 'answering';
    // Without a 100 the visitor may or may not send its body; nobody knows where the next request would start.
    if (this.expectsContinue && !this.#wasContinued) this.#isKeptAlive = false;
    this.#connection.writer.addText(this.#headText(head));
  }

  #headText({ status, reason, fields }: ResponseHead): string {
    const { numbers } = fields;
    let text = `HTTP/1.1 ${status} ${reason}\r\n${fieldText(fields)}`;
    if (!numbers.includes(date)) text += `Date: ${httpDate()}\r\n`;
    this.#framing = this.#frame(status, fields);
    if (this.#framing === 'chunked') text += 'Transfer-Encoding: chunked\r\n';
    if (!this.#isKeptAlive || !this.#connection.mayGoOn) {
      this.#isKeptAlive = false;
      return `${text}Connection: close\r\n\r\n`;
    }
    return this.head.version === '1.0' ? `${text}Connection: keep-alive\r\n\r\n` : `${text}\r\n`;
  }

  #frame(status: number, { numbers }: FieldLines): 'sized' | 'chunked' | 'until-closed' | 'none' {
    if (this.head.method === 'HEAD' || status === 204 || status === 304) return 'none';
    if (numbers.includes(contentLength)) return 'sized';
    if (this.head.version === '1.1') return 'chunked';
    this.#isKeptAlive = false;
    return 'until-closed';
  }

  #finish(): void {
    this.#state = 'over';
    this.#connection.writer.flush();
    this.#connection.onAnswered(this.#isKeptAlive);
  }
}
