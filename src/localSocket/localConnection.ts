import type { Socket } from 'node:net';
import {
  BodyReader,
  fieldNumber,
  fieldValue,
  messageFaults,
  type RequestReader,
  statusOfFault,
} from '../http/index.ts';
import type { Timer, TimerClock } from '../kernel/clock.ts';
import { localSocketLimits } from './limits.ts';
import type { LocalAnswer, LocalHead, LocalRoute } from './localRoute.ts';

export interface LocalConnectionPorts {
  readonly clock: TimerClock;
  /** Shared by all connections: it keeps nothing from one call to the next. */
  readonly reader: RequestReader;
  /** Until the request is there, and again until its answer is read. What an answer takes to be made is its route's affair. */
  readonly requestMsMax: number;
  /** Chooses by the head what is done, or answers it as it is. */
  route(head: LocalHead): LocalRoute | LocalAnswer;
  /** How this socket says that what came is no request of its kind. */
  refused(status: number, says: string): LocalAnswer;
  /** … that `route` or a route's answer threw. */
  failed(error: unknown): LocalAnswer;
}

/** One connection with one request: collects it, answers it, and reads on into nothing until the other side ends. */
export class LocalConnection {
  readonly #socket: Socket;
  readonly #ports: LocalConnectionPorts;
  /** Of the head, while that is not whole. */
  #held: Buffer = Buffer.alloc(0);
  #body: Body | undefined;
  #isHead = false;
  #isWhole = false;
  #deadline: Timer | undefined;

  constructor(socket: Socket, ports: LocalConnectionPorts) {
    this.#socket = socket;
    this.#ports = ports;
    this.#limitTime();
    socket.on('error', () => {});
    socket.on('close', () => this.#deadline?.cancel());
    socket.on('data', (bytes: Buffer) => {
      // What is still on its way behind the request must not cut off the answer, so it is read.
      if (!this.#isWhole) this.#onBytes(bytes);
    });
    socket.on('end', () => {
      if (!this.#isWhole) socket.destroy();
    });
  }

  #onBytes(bytes: Buffer): void {
    const answer = this.#orFailed(() => (this.#body === undefined ? this.#readHead(bytes) : this.#readBody(bytes)));
    if (answer === undefined) return;
    this.#isWhole = true;
    this.#held = Buffer.alloc(0);
    if (answer instanceof Promise) void this.#endWith(answer);
    else this.#end(answer);
  }

  /** undefined while more is to come. */
  #readHead(bytes: Buffer): LocalAnswer | Promise<LocalAnswer> | undefined {
    const held = Buffer.concat([this.#held, bytes]);
    const { reader, refused, route } = this.#ports;
    const next = reader.read(held, 0, held.length);
    if (next === -1) return refused(statusOfFault(reader.fault), messageFaults[reader.fault]);
    const { headBytesMax } = localSocketLimits;
    if (next > headBytesMax || (next === 0 && held.length > headBytesMax)) {
      return refused(431, 'this socket takes short heads');
    }
    this.#held = held;
    if (next === 0) return undefined;
    this.#isHead = reader.method === 'HEAD';
    const { bodyBytes, expectsContinue } = reader;
    const chosen = route(headOf(reader));
    if ('status' in chosen) return chosen;
    this.#body = new Body(bodyBytes, chosen);
    if (expectsContinue && !this.#body.isSettled) this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    return this.#readBody(held.subarray(next));
  }

  #readBody(bytes: Buffer): LocalAnswer | Promise<LocalAnswer> | undefined {
    const body = this.#body!;
    const fault = body.read(bytes);
    if (fault !== undefined) return this.#ports.refused(statusOfFault(fault), messageFaults[fault]);
    return body.isSettled ? body.route.answer(body.bytes) : undefined;
  }

  async #endWith(answer: Promise<LocalAnswer>): Promise<void> {
    this.#deadline?.cancel();
    this.#end(await answer.catch((error: unknown) => this.#ports.failed(error)));
    this.#limitTime();
  }

  #end(answer: LocalAnswer): void {
    this.#socket.end(textOf(answer, !this.#isHead));
  }

  /** A mistake of ours costs this connection its answer, and nothing else. */
  #orFailed<T>(work: () => T): T | LocalAnswer {
    try {
      return work();
    } catch (error) {
      return this.#ports.failed(error);
    }
  }

  #limitTime(): void {
    this.#deadline?.cancel();
    if (this.#socket.destroyed) return;
    this.#deadline = this.#ports.clock.after(this.#ports.requestMsMax, () => this.#socket.destroy());
  }
}

/** What comes of a body until it is whole, or longer than its route takes. */
class Body {
  readonly route: LocalRoute;
  readonly #reader: BodyReader;
  readonly #chunks: Buffer[] = [];
  #left: number;

  constructor(bodyBytes: number, route: LocalRoute) {
    this.route = route;
    this.#reader = new BodyReader(bodyBytes);
    this.#left = route.bodyBytesMax;
    if (bodyBytes > route.bodyBytesMax) this.#left = -1;
  }

  get isSettled(): boolean {
    return this.#left < 0 || this.#reader.isDone;
  }

  /** undefined: longer than its route takes. */
  get bytes(): Buffer | undefined {
    return this.#left < 0 ? undefined : Buffer.concat(this.#chunks);
  }

  read(bytes: Buffer) {
    if (this.isSettled) return undefined;
    const isFaulty = this.#reader.read(bytes, 0, bytes.length, { onBytes: (part) => this.#take(part) }) === -1;
    return isFaulty ? this.#reader.fault : undefined;
  }

  #take(part: Buffer): void {
    this.#left = this.#left < part.length ? -1 : this.#left - part.length;
    if (this.#left >= 0) this.#chunks.push(part);
  }
}

function headOf({ method, target, fields, bodyBytes }: RequestReader): LocalHead {
  const mark = target.indexOf('?');
  return {
    method,
    target,
    path: mark === -1 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark === -1 ? '' : target.slice(mark + 1)),
    host: fieldValue(fields.raw, fields.numbers, fieldNumber('host')) ?? '',
    hasBody: bodyBytes !== 0,
  };
}

function textOf({ status, type, text, headers = {} }: LocalAnswer, hasBody: boolean): string {
  return [
    `HTTP/1.1 ${status} ${status < 400 ? 'OK' : 'Not OK'}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Cache-Control: no-store',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    '',
    hasBody ? text : '',
  ].join('\r\n');
}
