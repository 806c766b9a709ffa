import { firstWindow, flag, frameHeadBytes, frameType, largestWindow, writeFrameHead, writeQuad } from './frames.ts';
import { HpackEncoder } from './hpack/index.ts';
import { http2Limits } from './limits.ts';
import type { OutMemory, OutPiece } from './outMemory.ts';
import type { ServerStream } from './serverStream.ts';

/** Told by the output of a session. */
export interface OutputOwner {
  /** There is something to send. */
  onOutput(): void;
  /** All of a stream's answer is in the output. */
  onAnswered(stream: ServerStream): void;
  /** A stream's head can never be sent. */
  onUnsendable(stream: ServerStream): void;
  /** Frames of the connection itself found no room: the visitor asks and does not read. */
  onDeaf(): void;
}

/**
 * What a session sends, gathered in one piece of memory until its owner writes that. Data waits with its stream where the
 * visitor's windows (RFC 9113 section 5.2) or the piece have no room for it, and streams that wait take turns, a frame each.
 */
export class SessionOutput {
  /** What the visitor takes yet over all streams. */
  window = firstWindow;
  /** What the visitor's SETTINGS say. */
  streamWindow = firstWindow;
  frameBytesMax: number = http2Limits.frameBytesMax;
  readonly encoder = new HpackEncoder();
  readonly #memory: OutMemory;
  readonly #owner: OutputOwner;
  #piece: OutPiece | undefined;
  #pieceNumber = 0;
  #end = 0;
  /** Streams that have something to send and a window for it, in turn. */
  #line: ServerStream[] = [];
  /** The piece had no room for all of those who may send. */
  #isCutShort = false;
  /** Streams whose writers waited for room and have it. */
  #roomy: ServerStream[] = [];

  constructor(memory: OutMemory, owner: OutputOwner) {
    this.#memory = memory;
    this.#owner = owner;
  }

  /** Whether a flush would bring anything. */
  get hasWork(): boolean {
    return this.#end > 0 || this.#isCutShort || (this.#line.length > 0 && this.window > 0);
  }

  // Frames of the connection.

  settings(entries: readonly (readonly [identifier: number, value: number])[]): void {
    let at = this.#control(entries.length * 6, frameType.settings, 0, 0);
    for (const [identifier, value] of at === -1 ? [] : entries) {
      const { bytes } = this.#piece!;
      bytes[at] = identifier >>> 8;
      bytes[at + 1] = identifier;
      at = writeQuad(bytes, at + 2, value);
    }
  }

  acknowledgeSettings(): void {
    this.#control(0, frameType.settings, flag.acknowledge, 0);
  }

  /** The eight octets at `from`. */
  ping(flags: number, payload: Buffer, from: number): void {
    const at = this.#control(8, frameType.ping, flags, 0);
    if (at !== -1) payload.copy(this.#piece!.bytes, at, from, from + 8);
  }

  goAway(lastStream: number, code: number): void {
    const at = this.#control(8, frameType.goAway, 0, 0);
    if (at !== -1) writeQuad(this.#piece!.bytes, writeQuad(this.#piece!.bytes, at, lastStream), code);
  }

  resetStream(stream: number, code: number): void {
    const at = this.#control(4, frameType.reset, 0, stream);
    if (at !== -1) writeQuad(this.#piece!.bytes, at, code);
  }

  widen(stream: number, by: number): void {
    const at = this.#control(4, frameType.windowUpdate, 0, stream);
    if (at !== -1) writeQuad(this.#piece!.bytes, at, by);
  }

  // Answers.

  /** Of an interim answer, too: another head may follow. */
  answer(stream: ServerStream, status: number, raw: readonly string[], numbers: readonly number[]): void {
    if (stream.waitingHead === undefined && this.#sendHead(stream, status, raw, numbers)) return;
    // An interim answer that found no room is left out.
    stream.waitingHead = { status, raw, numbers };
    this.#queue(stream);
  }

  /** See `ServerStream.write`. */
  write(stream: ServerStream, bytes: Buffer): boolean {
    if (bytes.length === 0) return true;
    let from = 0;
    if (this.#line.length === 0 && stream.waitingHead === undefined && stream.waiting.bytes === 0) {
      from = this.#sendData(stream, bytes, 0);
      if (from === bytes.length) return true;
    }
    stream.waiting.add(from === 0 ? bytes : bytes.subarray(from));
    this.#queue(stream);
    if (stream.waiting.bytes <= http2Limits.copiedBytesMax) return !stream.isFull;
    stream.isFull = true;
    return false;
  }

  end(stream: ServerStream): void {
    stream.isEnding = true;
    if (stream.waitingHead === undefined && stream.waiting.bytes === 0) {
      if (this.#sendEnd(stream)) return;
    }
    this.#queue(stream);
  }

  /** The visitor widened its window, or all of them. */
  onWidened(stream: ServerStream): void {
    if (stream.waiting.bytes > 0) this.#queue(stream);
  }

  /** Lets those who wait send as much as there is room for. */
  pump(): void {
    const line = this.#line;
    this.#isCutShort = false;
    let blocked = 0;
    while (line.length > blocked) {
      const stream = line.shift()!;
      const sent = stream.isOver ? 'none' : this.#sendWaiting(stream);
      if (sent === 'full') {
        line.unshift(stream);
        this.#isCutShort = true;
        return;
      }
      if (sent === 'none') stream.isInLine = false;
      else {
        line.push(stream);
        // Behind it there may be answers that need no window.
        blocked = sent === 'blocked' ? blocked + 1 : 0;
      }
    }
  }

  /** Takes what was gathered; give it back with `written`. Undefined: nothing. */
  take(): { readonly piece: OutPiece; readonly length: number } | undefined {
    const piece = this.#piece;
    if (piece === undefined || this.#end === 0) return undefined;
    const length = this.#end;
    this.#piece = undefined;
    this.#pieceNumber += 1;
    this.#end = 0;
    return { piece, length };
  }

  written(piece: OutPiece): void {
    this.#memory.give(piece);
  }

  /** Tells the streams that have room again; they may write at once. */
  tellRoom(): void {
    if (this.#roomy.length === 0) return;
    for (const stream of this.#roomy.splice(0)) if (!stream.isOver) stream.hasRoom();
  }

  /** Nothing is sent any more. */
  close(): void {
    if (this.#piece !== undefined) this.#memory.give(this.#piece);
    this.#piece = undefined;
    this.#end = 0;
    this.#line = [];
    this.#roomy = [];
  }

  #queue(stream: ServerStream): void {
    if (!stream.isInLine) {
      stream.isInLine = true;
      this.#line.push(stream);
    }
    this.#owner.onOutput();
  }

  /**
   * 'full': the piece has no room; 'blocked': the connection has no window; 'some': it has more; 'none': it has nothing, or
   * no window of its own.
   */
  #sendWaiting(stream: ServerStream): 'full' | 'blocked' | 'some' | 'none' {
    const head = stream.waitingHead;
    if (head !== undefined) {
      if (!this.#sendHead(stream, head.status, head.raw, head.numbers)) return stream.isOver ? 'none' : 'full';
      stream.waitingHead = undefined;
    }
    const { waiting } = stream;
    if (waiting.bytes > 0) {
      const sent = this.#sendFrame(stream, waiting.first, 0);
      if (sent === -1) return this.window > 0 ? 'full' : 'blocked';
      if (sent === 0) return 'none';
      waiting.onSent(sent);
      if (waiting.bytes > 0) return 'some';
    }
    if (stream.isEnding) return this.#sendEnd(stream) ? 'none' : 'full';
    if (stream.isFull) {
      stream.isFull = false;
      this.#roomy.push(stream);
    }
    return 'none';
  }

  /** false: no room. */
  #sendHead(stream: ServerStream, status: number, raw: readonly string[], numbers: readonly number[]): boolean {
    const { heads, bytes } = this.#ready();
    const at = this.#end;
    const from = at + frameHeadBytes;
    const to = from > heads.length ? -1 : this.encoder.encodeResponse(status, raw, numbers, heads, from);
    if (to === -1) {
      if (at === 0) this.#owner.onUnsendable(stream);
      return false;
    }
    const length = to - from;
    stream.flagsAt = at + 4;
    stream.pieceNumber = this.#pieceNumber;
    if (length <= this.frameBytesMax) {
      writeFrameHead(bytes, at, length, frameType.headers, flag.endHeaders, stream.id);
      this.#end = to;
    } else this.#end = this.#cutHead(bytes, at, length, stream.id);
    this.#owner.onOutput();
    return true;
  }

  /** Makes room for the heads of CONTINUATION frames in a block of `length` octets that is too large for one frame. */
  #cutHead(bytes: Buffer, at: number, length: number, stream: number): number {
    const max = this.frameBytesMax;
    const frames = Math.ceil(length / max);
    const from = at + frameHeadBytes;
    for (let frame = frames - 1; frame > 0; frame--) {
      const start = frame * max;
      const size = Math.min(max, length - start);
      const to = from + start + frame * frameHeadBytes;
      bytes.copyWithin(to, from + start, from + start + size);
      const flags = frame === frames - 1 ? flag.endHeaders : 0;
      writeFrameHead(bytes, to - frameHeadBytes, size, frameType.continuation, flags, stream);
    }
    writeFrameHead(bytes, at, max, frameType.headers, 0, stream);
    return from + length + (frames - 1) * frameHeadBytes;
  }

  /** As much as there is room for; tells what of `bytes` is sent. */
  #sendData(stream: ServerStream, bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length) {
      const sent = this.#sendFrame(stream, bytes, at);
      if (sent <= 0) break;
      at += sent;
    }
    return at;
  }

  /** One DATA frame out of `bytes`. How much; 0: the stream has no window; -1: the connection has no room. */
  #sendFrame(stream: ServerStream, bytes: Buffer, from: number): number {
    if (stream.sendWindow <= 0) return 0;
    const piece = this.#ready();
    const at = this.#end;
    const room = piece.heads.length - at - frameHeadBytes;
    const wanted = Math.min(bytes.length - from, stream.sendWindow, this.frameBytesMax, http2Limits.frameBytesMax);
    const size = Math.min(wanted, this.window, room);
    // A sliver at the end of the piece is not worth a frame.
    if (size <= 0 || (size < wanted && size === room && room < 1024)) return -1;
    const to = at + frameHeadBytes;
    writeFrameHead(piece.bytes, at, size, frameType.data, 0, stream.id);
    bytes.copy(piece.bytes, to, from, from + size);
    this.#end = to + size;
    stream.flagsAt = at + 4;
    stream.pieceNumber = this.#pieceNumber;
    stream.sendWindow -= size;
    this.window -= size;
    this.#owner.onOutput();
    return size;
  }

  /** END_STREAM: on the stream's last frame if that is still here, else on one of its own. false: no room. */
  #sendEnd(stream: ServerStream): boolean {
    if (stream.pieceNumber === this.#pieceNumber && stream.flagsAt !== -1) {
      this.#piece!.bytes[stream.flagsAt]! |= flag.endStream;
    } else {
      const { heads, bytes } = this.#ready();
      if (heads.length - this.#end < frameHeadBytes) return false;
      this.#end = writeFrameHead(bytes, this.#end, 0, frameType.data, flag.endStream, stream.id);
      this.#owner.onOutput();
    }
    this.#owner.onAnswered(stream);
    return true;
  }

  #ready(): OutPiece {
    this.#piece ??= this.#memory.take();
    return this.#piece;
  }

  /** A frame without its payload, whose place it tells; -1: no room. */
  #control(length: number, type: number, flags: number, stream: number): number {
    const { bytes } = this.#ready();
    if (bytes.length - this.#end < frameHeadBytes + length) {
      this.#owner.onDeaf();
      return -1;
    }
    const at = writeFrameHead(bytes, this.#end, length, type, flags, stream);
    this.#end = at + length;
    this.#owner.onOutput();
    return at;
  }
}

/** Whether a window that is widened so far is larger than any may be (RFC 9113 section 6.9.1). */
export function isTooWide(window: number, by: number): boolean {
  return window + by > largestWindow;
}
