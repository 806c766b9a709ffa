import { connect, createServer as createPlain, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { start, tlsOptions } from './peerStart.ts';

/*
 * The floor: the least that Node can do as a proxy. Sockets, a look at each header both ways, one pool; bodies with a
 * Content-Length only. It checks nothing and bounds nothing, so nobody may serve with it. What Holdfast costs above this
 * is what it does above this.
 */

const pool: Upstream[] = [];
const headEnd = Buffer.from('\r\n\r\n');

class Visitor {
  readonly socket: Socket;
  /** Read, and not yet passed on. */
  #rest: Buffer | null = null;
  #bodyLeft = 0;
  #upstream: Upstream | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#onData(chunk as Buffer));
    socket.on('drain', () => this.#upstream?.socket.resume());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#upstream?.socket.destroy());
  }

  /** The answer is complete. */
  answered(): void {
    this.#upstream = null;
    const rest = this.#rest;
    this.#rest = null;
    if (rest !== null) this.#onData(rest);
  }

  #onData(chunk: Buffer): void {
    if (this.#bodyLeft > 0) {
      this.#sendBody(chunk);
      return;
    }
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = this.#upstream === null ? bytes.indexOf(headEnd) : -1;
    if (end < 0) {
      this.#rest = bytes;
      return;
    }
    this.#rest = null;
    const head = rewrite(bytes.toString('latin1', 0, end), true, this.socket.remoteAddress ?? '');
    this.#upstream = pool.pop() ?? new Upstream();
    this.#upstream.visitor = this;
    this.#upstream.socket.write(head.text, 'latin1');
    this.#bodyLeft = Math.max(0, head.length);
    if (end + 4 < bytes.length) this.#afterHead(bytes.subarray(end + 4));
  }

  #afterHead(bytes: Buffer): void {
    if (this.#bodyLeft > 0) this.#sendBody(bytes);
    else this.#rest = bytes;
  }

  #sendBody(bytes: Buffer): void {
    const own = bytes.length > this.#bodyLeft ? bytes.subarray(0, this.#bodyLeft) : bytes;
    this.#bodyLeft -= own.length;
    if (own.length < bytes.length) this.#rest = bytes.subarray(own.length);
    if (!this.#upstream!.socket.write(own)) this.socket.pause();
  }
}

class Upstream {
  readonly socket = connect({ port: start.originPort, host: '127.0.0.1', noDelay: true });
  visitor: Visitor | null = null;
  #rest: Buffer | null = null;
  #bodyLeft = 0;

  constructor() {
    this.socket.on('data', (chunk) => this.#onData(chunk as Buffer));
    this.socket.on('drain', () => this.visitor?.socket.resume());
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('close', () => {
      const index = pool.indexOf(this);
      if (index >= 0) pool.splice(index, 1);
      this.visitor?.socket.destroy();
    });
  }

  #onData(chunk: Buffer): void {
    const visitor = this.visitor;
    if (visitor === null) {
      this.socket.destroy();
      return;
    }
    if (this.#bodyLeft > 0) {
      this.#bodyLeft -= chunk.length;
      if (!visitor.socket.write(chunk)) this.socket.pause();
    } else {
      const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
      const end = bytes.indexOf(headEnd);
      this.#rest = end < 0 ? bytes : null;
      if (end < 0) return;
      this.#answer(visitor, bytes, end);
    }
    if (this.#bodyLeft > 0) return;
    this.visitor = null;
    this.socket.resume();
    pool.push(this);
    visitor.answered();
  }

  #answer(visitor: Visitor, bytes: Buffer, end: number): void {
    const head = rewrite(bytes.toString('latin1', 0, end), false, '');
    if (head.length < 0) throw new Error('the origin of the bench always says how long its answer is');
    const inHand = bytes.length - end - 4;
    this.#bodyLeft = head.length - inHand;
    // A small answer in one write; a large one is not worth the copy.
    if (inHand < 4_096) {
      if (!visitor.socket.write(head.text + bytes.toString('latin1', end + 4), 'latin1')) this.socket.pause();
      return;
    }
    visitor.socket.cork();
    visitor.socket.write(head.text, 'latin1');
    if (!visitor.socket.write(bytes.subarray(end + 4))) this.socket.pause();
    visitor.socket.uncork();
  }
}

/** The head without what concerns one connection alone, and with what a proxy adds; the body's length, or -1. */
function rewrite(
  head: string,
  isRequest: boolean,
  address: string,
): { readonly text: string; readonly length: number } {
  let kept = '';
  let keptTo = 0;
  let length = -1;
  let forwarded = address;
  for (let at = head.indexOf('\r\n'); at >= 0; ) {
    const next = head.indexOf('\r\n', at + 2);
    const end = next < 0 ? head.length : next;
    const kind = kindOfLine(head, at + 2, end);
    if (kind === 'length') length = Number(head.slice(at + 17, end));
    else if (kind !== 'other') {
      if (kind === 'forwarded') forwarded = `${head.slice(at + 18, end).trim()}, ${address}`;
      kept += head.slice(keptTo, at);
      keptTo = end;
    }
    at = next;
  }
  kept += head.slice(keptTo);
  const added = isRequest ? `\r\nX-Forwarded-For: ${forwarded}\r\nVia: 1.1 bare` : '\r\nVia: 1.1 bare';
  return { text: `${kept}${added}\r\n\r\n`, length };
}

/** Most lines are told apart by one letter. */
function kindOfLine(head: string, from: number, to: number): 'length' | 'connection' | 'forwarded' | 'other' {
  const first = head.charCodeAt(from) | 0x20;
  if (first !== 0x63 && first !== 0x6b && first !== 0x78) return 'other';
  const colon = head.indexOf(':', from);
  if (colon < 0 || colon > to) return 'other';
  switch (head.slice(from, colon).toLowerCase()) {
    case 'content-length':
      return 'length';
    case 'connection':
    case 'keep-alive':
      return 'connection';
    case 'x-forwarded-for':
      return 'forwarded';
    default:
      return 'other';
  }
}

const onSocket = (socket: Socket) => void new Visitor(socket);
const server = tlsOptions === null ? createPlain(onSocket) : createTls(tlsOptions, onSocket);
server.listen({ port: start.port, host: '127.0.0.1', backlog: 16_384 });
