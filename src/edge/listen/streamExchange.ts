import { type FieldLines, fieldNumber, type RequestHead } from '../../http/index.ts';
import { errorCode, type ServerStream, type StreamHandler } from '../../http2/index.ts';
import { assert } from '../../kernel/assert.ts';
import type { BodySink, BodySource, BodyWriter, ResponseHead, Tunnel } from '../exchange/bodies.ts';
import type { ConnectionFacts } from '../exchange/connectionFacts.ts';
import type { Exchange, ResponseEvents } from '../exchange/exchange.ts';
import { isHopByHop } from '../exchange/hopByHop.ts';
import { httpDate } from './httpDate.ts';
import type { StreamRequest } from './streamHead.ts';

const contentLength = fieldNumber('content-length');
const date = fieldNumber('date');

/** What an exchange asks of its connection. */
export interface StreamConnection {
  readonly peerAddress: string;
  readonly isPeerTrusted: boolean;
  readonly facts: ConnectionFacts;
  onExchangeOver(exchange: StreamExchange): void;
}

/** One request of an HTTP/2 connection and its answer: one stream. It is its own body source and writer. */
export class StreamExchange implements Exchange, BodySource, BodyWriter, StreamHandler {
  readonly head: RequestHead;
  readonly body: BodySource | null;
  readonly expectsContinue: boolean;
  readonly upgrade = null;
  readonly #stream: ServerStream;
  readonly #connection: StreamConnection;
  #events: ResponseEvents | undefined;
  #sink: BodySink | undefined;
  #isAnswered = false;
  #isEnded = false;
  #isBodyless = false;
  #onAbandoned: (() => void) | undefined;

  constructor(stream: ServerStream, { head, hasBody, expectsContinue }: StreamRequest, connection: StreamConnection) {
    this.#stream = stream;
    this.#connection = connection;
    this.head = head;
    this.body = hasBody ? this : null;
    this.expectsContinue = expectsContinue;
    stream.handleWith(this);
    if (!hasBody) stream.discard();
  }

  get peerAddress(): string {
    return this.#connection.peerAddress;
  }

  get isPeerTrusted(): boolean {
    return this.#connection.isPeerTrusted;
  }

  get connection(): ConnectionFacts {
    return this.#connection.facts;
  }

  /** The whole answer is the codec's to send. */
  get isHandedOver(): boolean {
    return this.#isEnded;
  }

  sendContinue(): void {
    if (!this.#isAnswered) this.#stream.answer(100, [], []);
  }

  respond(head: ResponseHead, events: ResponseEvents): BodyWriter {
    this.#events = events;
    this.#writeHead(head);
    return this;
  }

  respondWhole(head: ResponseHead, body: string): void {
    this.#writeHead(head);
    this.write(Buffer.from(body));
    this.end();
  }

  switchProtocols(): Tunnel {
    throw new Error('a stream of HTTP/2 offers no upgrade');
  }

  onAbandoned(listener: () => void): void {
    // Between its head and now the visitor may have left.
    if (this.#isEnded) listener();
    else this.#onAbandoned = listener;
  }

  abort(): void {
    this.#stream.reset(errorCode.internal);
  }

  // The answer's body.

  write(bytes: Buffer): boolean {
    return this.#isEnded || this.#isBodyless || this.#stream.write(bytes);
  }

  /** What is written goes out at the end of the turn. */
  flush(): void {}

  end(): void {
    if (this.#isEnded || !this.#isAnswered) return;
    this.#isEnded = true;
    // The rest of a body that nobody waits for must not hold the stream open.
    if (!this.#stream.isRequestOver) this.#stream.discard();
    this.#stream.end();
  }

  // The request's body.

  flowTo(sink: BodySink): void {
    this.#sink = sink;
    this.#stream.flow();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.flow();
  }

  discard(): void {
    this.#sink = undefined;
    this.#stream.discard();
  }

  // Told by the stream.

  onBytes(bytes: Buffer): void {
    this.#sink?.onBytes(bytes);
  }

  onLull(): void {
    this.#sink?.onLull();
  }

  onEnd(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.onEnd();
  }

  onRoom(): void {
    this.#events?.onVisitorRoom();
  }

  onOver(): void {
    this.#connection.onExchangeOver(this);
    this.cutOff();
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#onAbandoned?.();
  }

  /** No more of the request's body will come. */
  cutOff(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.onFailure();
  }

  #writeHead({ status, fields }: ResponseHead): void {
    assert(!this.#isAnswered, 'an exchange is answered once');
    this.#isAnswered = true;
    this.#isBodyless = this.head.method === 'HEAD' || status === 204 || status === 205 || status === 304;
    const { raw, numbers } = sendable(fields, status);
    this.#stream.answer(status, raw, numbers);
  }
}

/** The fields as HTTP/2 has them: none of the connection's, no length of a 205's body (RFC 9110 section 15.3.6), a date. */
function sendable(fields: FieldLines, status: number): FieldLines {
  const { numbers, raw } = fields;
  let isClean = status !== 205;
  let hasDate = false;
  for (const number of numbers) {
    if (isHopByHop[number] === 1) isClean = false;
    else if (number === date) hasDate = true;
  }
  if (isClean && hasDate) return fields;
  const out: FieldLines = { raw: [], numbers: [] };
  for (const [line, number] of numbers.entries()) {
    if (isHopByHop[number] === 1 || (status === 205 && number === contentLength)) continue;
    out.raw.push(raw[line * 2]!, raw[line * 2 + 1]!);
    out.numbers.push(number);
  }
  if (!hasDate) {
    out.raw.push('date', httpDate());
    out.numbers.push(date);
  }
  return out;
}
