import { createServer, type Server, type Socket } from 'node:net';
import { rejections } from '../../contract/answers/reasons.ts';
import { fieldNumber, fieldValue, RequestReader } from '../../http/index.ts';
import type { TimerClock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import { type AdminAnswer, type AdminSource, adminAnswer } from './adminAnswer.ts';
import { adminLimits } from './limits.ts';

export interface AdminServerPorts {
  readonly source: AdminSource;
  readonly clock: TimerClock;
  readonly logger: Logger;
  /** On an address: only requests for a loopback name are answered, so that no web page in a browser can read it. */
  readonly isOnAddress: boolean;
}

/**
 * HTTP on the admin socket, for reading alone: GET and HEAD without a body, one request per connection. It lives in the
 * supervisor, which serves no visitor and waits for nothing, so that it answers when every worker is busy or dead. Nothing
 * that is sent to it ends the supervisor, and an answer that cannot be made is a 500.
 *
 * On the edge's own reader of requests: `node:http` would cost the supervisor 17 MB for one answer in a while.
 */
export function adminServer(ports: AdminServerPorts): Server {
  const pages = new PageMemory(ports);
  const reader = new RequestReader();
  const server = createServer((socket) => serve(socket, ports.clock, (bytes) => answerTo(bytes, reader, ports, pages)));
  server.maxConnections = adminLimits.connectionsMax;
  return server;
}

/** Collects a head, answers it and reads on into nothing, so that what is still on its way does not cut off the answer. */
function serve(socket: Socket, clock: TimerClock, answer: (bytes: Buffer) => string | undefined): void {
  let held: Buffer | undefined = Buffer.alloc(0);
  const deadline = clock.after(adminLimits.requestMsMax, () => socket.destroy());
  socket.on('error', () => {});
  socket.on('close', () => deadline.cancel());
  socket.on('data', (bytes: Buffer) => {
    if (held === undefined) return;
    held = Buffer.concat([held, bytes]);
    const text = answer(held);
    if (text === undefined) return;
    held = undefined;
    socket.end(text);
  });
}

/** The whole answer, or undefined while the head is not whole. Never throws. */
function answerTo(
  bytes: Buffer,
  reader: RequestReader,
  { isOnAddress, logger }: AdminServerPorts,
  pages: PageMemory,
): string | undefined {
  try {
    const next = reader.read(bytes, 0, bytes.length);
    if (next === -1) return textOf(declining(rejections[reader.fault].status, rejections[reader.fault].says), true);
    if (next > adminLimits.headBytesMax || (next === 0 && bytes.length > adminLimits.headBytesMax))
      return textOf(declining(431, 'this socket takes short heads'), true);
    if (next === 0) return undefined;
    return textOf(refusalOf(reader, isOnAddress) ?? pages.get(reader.target), reader.method !== 'HEAD');
  } catch (error) {
    logger.error('admin-answer-failed', { message: String(error) });
    return textOf(declining(500, 'the answer could not be made'), true);
  }
}

function refusalOf({ method, bodyBytes, fields }: RequestReader, isOnAddress: boolean): AdminAnswer | undefined {
  if (method !== 'GET' && method !== 'HEAD') return declining(405, 'this socket answers GET and HEAD');
  if (bodyBytes !== 0) return declining(413, 'this socket takes no body');
  if (isOnAddress && !isLoopbackName(fieldValue(fields.raw, fields.numbers, fieldNumber('host')) ?? ''))
    return declining(421, 'ask for 127.0.0.1 or localhost');
  return undefined;
}

function declining(status: number, text: string): AdminAnswer {
  return { status, type: 'text/plain; charset=utf-8', text: `${text}\n` };
}

function isLoopbackName(host: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/i.test(host);
}

function textOf({ status, type, text }: AdminAnswer, hasBody: boolean): string {
  return [
    `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Not OK'}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Cache-Control: no-store',
    ...(status === 405 ? ['Allow: GET, HEAD'] : []),
    'Connection: close',
    '',
    hasBody ? text : '',
  ].join('\r\n');
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
