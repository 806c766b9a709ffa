import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { FieldLines, RequestHead } from '../../http/index.ts';
import { assert } from '../../kernel/assert.ts';
import type { BodySink, BodySource, BodyWriter, ResponseHead, Tunnel } from '../bodies.ts';
import { type Rejection, rejections } from '../reasons.ts';
import type { Exchange, ResponseEvents } from './exchange.ts';
import type { StreamRequest } from './streamHead.ts';
import type { ConnectionFacts } from './visitorConnectionOwner.ts';

/** Small pieces gather up to this size, so that an answer and its end go out together. */
const gatheredBytesMax = 16 << 10;

/** One request of an HTTP/2 connection and its answer: one stream. It is its own body source and writer. */
export class StreamExchange implements Exchange, BodySource, BodyWriter {
  readonly head: RequestHead;
  readonly peerAddress: string;
  readonly isPeerTrusted: boolean;
  readonly body: BodySource | null;
  readonly expectsContinue: boolean;
  readonly upgrade = null;
  readonly connection: ConnectionFacts;
  readonly #stream: ServerHttp2Stream;
  readonly #onOver: () => void;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #isAnswered = false;
  #isEnded = false;
  #isBodyless = false;
  #isRequestOver = false;
  #onAbandoned: (() => void) | undefined;

  constructor(
    stream: ServerHttp2Stream,
    { head, hasBody, expectsContinue }: StreamRequest,
    peer: { readonly peerAddress: string; readonly isPeerTrusted: boolean },
    connection: ConnectionFacts,
    onOver: () => void,
  ) {
    this.#stream = stream;
    this.head = head;
    this.peerAddress = peer.peerAddress;
    this.isPeerTrusted = peer.isPeerTrusted;
    this.connection = connection;
    this.body = hasBody ? this : null;
    this.expectsContinue = expectsContinue;
    this.#onOver = onOver;
    if (!hasBody) stream.resume();
    stream.on('close', () => this.#onClose());
  }

  /** The whole answer is the library's to send. */
  get isHandedOver(): boolean {
    return this.#isEnded;
  }

  sendContinue(): void {
    if (this.#isAnswered || this.#stream.destroyed) return;
    this.#stream.additionalHeaders({ ':status': 100 });
  }

  respond(head: ResponseHead, events: ResponseEvents): BodyWriter {
    this.#stream.on('drain', () => events.onVisitorRoom());
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
    this.#onAbandoned = listener;
  }

  abort(): void {
    if (!this.#stream.destroyed) this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  // The answer's body.

  write(bytes: Buffer): boolean {
    if (this.#isEnded || this.#isBodyless || this.#stream.destroyed) return true;
    // The library writes later, and the memory is the source's.
    this.#gathered.push(Buffer.from(bytes));
    this.#gatheredBytes += bytes.length;
    if (this.#gatheredBytes >= gatheredBytesMax) this.flush();
    return !this.#stream.writableNeedDrain;
  }

  flush(): void {
    if (this.#gathered.length === 0 || this.#stream.destroyed) return;
    this.#stream.write(this.#takeGathered());
  }

  end(): void {
    if (this.#isEnded || !this.#isAnswered || this.#stream.destroyed) return;
    this.#isEnded = true;
    if (this.#gathered.length > 0) this.#stream.end(this.#takeGathered());
    else this.#stream.end();
    // The rest of a body that nobody waits for must not hold the stream open.
    if (this.body !== null && !this.#isRequestOver) this.#stream.resume();
  }

  // The request's body.

  flowTo(sink: BodySink): void {
    const stream = this.#stream;
    if (stream.readableEnded && !stream.aborted) {
      // An empty body ends by itself, before anybody asks for it.
      this.#isRequestOver = true;
      sink.onEnd();
      return;
    }
    stream.on('data', (bytes: Buffer) => {
      sink.onBytes(bytes);
      sink.onLull();
    });
    stream.on('end', () => {
      // A stream that is reset ends, too.
      if (stream.aborted || this.#isRequestOver) return;
      this.#isRequestOver = true;
      sink.onEnd();
    });
    stream.on('aborted', () => {
      if (this.#isRequestOver) return;
      this.#isRequestOver = true;
      sink.onFailure();
    });
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  discard(): void {
    this.#isRequestOver = true;
    this.#stream.resume();
  }

  #takeGathered(): Buffer {
    const bytes = this.#gathered.length === 1 ? this.#gathered[0]! : Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    return bytes;
  }

  #writeHead({ status, fields }: ResponseHead): void {
    assert(!this.#isAnswered, 'an exchange is answered once');
    this.#isAnswered = true;
    if (this.#stream.destroyed || this.#stream.closed) return;
    this.#isBodyless = this.head.method === 'HEAD' || status === 204 || status === 205 || status === 304;
    this.#stream.respond(headersOf(status, fields), { endStream: false });
  }

  #onClose(): void {
    this.#onOver();
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#onAbandoned?.();
  }
}

/** Refuses what is no exchange, with an answer. */
export function answerStream(stream: ServerHttp2Stream, reason: Rejection): void {
  const { status, says } = rejections[reason];
  if (stream.destroyed) return;
  stream.respond({ ':status': status, 'content-type': 'text/plain; charset=utf-8', 'holdfast-error': reason });
  stream.end(`${says}\n`);
  stream.resume();
}

function headersOf(status: number, { raw }: FieldLines): OutgoingHttpHeaders {
  // Without a prototype: an origin's `Constructor` is a field like any other.
  const headers: OutgoingHttpHeaders = Object.create(null);
  headers[':status'] = status;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    const before = headers[name];
    const value = raw[index + 1]!;
    if (before === undefined) headers[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else headers[name] = [String(before), value];
  }
  return headers;
}
