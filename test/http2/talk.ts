import { OutMemory, ServerSession, type ServerStream } from '../../src/http2/index.ts';
import { type Frame, frameReader } from '../smuggling/rawHttp2.ts';

/** What a session said and told while a client spoke to it. */
export interface Talk {
  /** All that it sent, its own SETTINGS and its first WINDOW_UPDATE left out. */
  readonly frames: Frame[];
  /** What it told its owner, one line each: `request 1 GET /`, `end 1 abc`, `over 1 whole`, `broken 1 says` … */
  readonly told: string[];
  readonly session: ServerSession;
  /** By stream. */
  readonly streams: Map<number, ServerStream>;
  /** Speaks on. */
  send(...pieces: readonly Buffer[]): void;
  /** Lets the session's output go. */
  flush(): void;
}

export interface TalkOptions {
  /** Answers each request when it is complete; otherwise none is. */
  readonly isAnswered?: boolean;
  /** Takes bodies; otherwise they are left where they are. */
  readonly isTaken?: boolean;
  /** Of an answer. */
  readonly body?: Buffer;
  /** The visitor reads nothing: output stays where it is. */
  readonly isDeaf?: boolean;
  readonly nowMs?: () => number;
  /** Cuts a piece into the reads that bring it. */
  readonly cut?: (piece: Buffer) => readonly Buffer[];
}

/** A server on a session without a socket: says what a client would see, and what its owner is told. */
export function talk(pieces: readonly Buffer[], options: TalkOptions = {}): Talk {
  const { isAnswered = true, isTaken = true, body = Buffer.from('ok'), isDeaf = false, nowMs = () => 0, cut } = options;
  const frames: Frame[] = [];
  const told: string[] = [];
  const streams = new Map<number, ServerStream>();
  const events = {
    onOutput: () => {},
    onOpened: () => {},
    onRejected: (reason: string) => told.push(`refused ${reason}`),
    onBroken: (code: number, says: string) => told.push(`broken ${code} ${says}`),
    onPong: () => told.push('pong'),
  };
  const session = new ServerSession(events, new OutMemory(), nowMs);
  const read = frameReader((frame) => frames.push({ ...frame, payload: Buffer.from(frame.payload) }));
  const flush = () => {
    if (isDeaf) return;
    session.output.pump();
    const taken = session.output.take();
    if (taken !== undefined) {
      session.onOutputTaken();
      read(Buffer.from(taken.piece.bytes.subarray(0, taken.length)));
      // Whoever keeps it longer than it is lent sees something else.
      taken.piece.bytes.fill(0xaa);
      session.output.written(taken.piece);
    }
    session.output.tellRoom();
    if (session.output.hasWork) flush();
  };
  const answer = (stream: ServerStream) => {
    if (!isAnswered) return;
    stream.answer(200, ['content-type', 'text/plain'], [0]);
    if (stream.write(body)) stream.end();
  };
  const take = (stream: ServerStream) => {
    const { id, request } = stream;
    streams.set(id, stream);
    told.push(request === undefined ? `request ${id} too large` : `request ${id} ${request.method} ${request.path}`);
    let got = '';
    stream.handleWith({
      onBytes: (bytes) => {
        got += bytes.toString('latin1');
      },
      onLull: () => {},
      onEnd: () => {
        if (!stream.isBodyless) told.push(`end ${id} ${got}`);
        answer(stream);
      },
      onRoom: () => stream.end(),
      onOver: (isWhole) => told.push(`over ${id} ${isWhole ? 'whole' : 'broken'}`),
    });
    if (isTaken) stream.flow();
  };
  const send = (...more: readonly Buffer[]) => {
    for (const piece of more) {
      for (const read of cut?.(piece) ?? [piece]) {
        // Lent for the call only.
        const lent = Buffer.from(read);
        session.receive(lent, 0, lent.length);
        lent.fill(0xbb);
      }
      for (const stream of session.takeOpened()) take(stream);
      flush();
    }
  };
  flush();
  frames.length = 0;
  send(...pieces);
  return { frames, told, session, streams, send, flush };
}
