import { FrameReader, type FrameSink } from './frameReader.ts';
import {
  clientMagic,
  type ErrorCode,
  errorCode,
  flag,
  frameType,
  largestStream,
  largestWindow,
  quadAt,
  setting,
} from './frames.ts';
import { HeadBlock } from './headBlock.ts';
import { HpackDecoder } from './hpack/index.ts';
import { http2Limits } from './limits.ts';
import { Opening } from './opening.ts';
import type { OutMemory } from './outMemory.ts';
import { ReceiveWindow } from './receiveWindow.ts';
import { areTrailersRight, readRequestFields } from './requestFields.ts';
import { ServerStream, type StreamOwner } from './serverStream.ts';
import { type OutputOwner, SessionOutput } from './sessionOutput.ts';
import { TokenBucket } from './tokenBucket.ts';

/** Told by a session. None of its methods throws. */
export interface SessionEvents {
  /** There is output to be taken, soon. */
  onOutput(): void;
  /** Streams were opened; see `takeOpened`. */
  onOpened(): void;
  /** A stream was turned away before it became a request: it broke the rules, or was one too many. */
  onRejected(reason: 'malformed' | 'too-many'): void;
  /** The visitor broke the rules of the connection: the GOAWAY is in the output, the streams are over, nothing follows. */
  onBroken(code: ErrorCode, says: string): void;
  /** The visitor answered our PING. */
  onPong(): void;
}

/**
 * One HTTP/2 connection as a server (RFC 9113): bytes in, streams and bytes out. Pure: it knows no socket and no time but
 * what it is given. Whatever bytes arrive, it does not throw, and what it keeps is bounded by `http2Limits`.
 */
export class ServerSession implements FrameSink, StreamOwner, OutputOwner {
  readonly output: SessionOutput;
  /** How the visitor opened the connection. */
  readonly opening = new Opening();
  readonly #events: SessionEvents;
  readonly #nowMs: () => number;
  readonly #reader = new FrameReader(this);
  readonly #decoder = new HpackDecoder({
    tableBytesMax: http2Limits.tableBytesMax,
    listBytesMax: http2Limits.headBlockBytesMax,
    fieldsMax: http2Limits.fieldsMax,
  });
  readonly #streams = new Map<number, ServerStream>();
  /** Reset here lately: frames on them may be under way still. */
  readonly #resetHere = new Set<number>();
  readonly #resets = new TokenBucket(http2Limits.resetsBurst, http2Limits.resetsPerSecond);
  readonly #emptyFrames = new TokenBucket(http2Limits.emptyFramesBurst, http2Limits.emptyFramesPerSecond);
  #opened: ServerStream[] = [];
  /** Streams that got data since the last lull. */
  readonly #lulling: ServerStream[] = [];
  #magicAt = 0;
  #hasSettings = false;
  #lastStream = 0;
  /** The largest stream that is still taken. */
  #lastTaken = largestStream;
  #block: HeadBlock | undefined;
  #settingsUnacknowledged = 1;
  /** Acknowledgements in the output that were not taken yet. */
  #acknowledgements = 0;
  readonly #receiveWindow = new ReceiveWindow(http2Limits.connectionWindowBytes);
  /** The stream of the DATA frame under way; undefined: what it brings is thrown away. */
  #dataStream: ServerStream | undefined;
  #dataFlags = 0;
  #dataLength = 0;
  /** What of it was given on. */
  #dataBytes = 0;
  /** None of its data has arrived, wanted or not. */
  #isDataEmpty = true;
  #isOver = false;

  constructor(events: SessionEvents, memory: OutMemory, nowMs: () => number) {
    this.#events = events;
    this.#nowMs = nowMs;
    this.output = new SessionOutput(memory, this);
    this.output.settings([
      [setting.enablePush, 0],
      [setting.maxConcurrentStreams, http2Limits.streamsMax],
      [setting.initialWindowSize, http2Limits.streamWindowBytes],
      [setting.maxHeaderListSize, http2Limits.headBlockBytesMax],
    ]);
    this.output.widen(0, http2Limits.connectionWindowBytes - 65_535);
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  /** The visitor has begun to say something and has not finished. */
  get isInHead(): boolean {
    return this.#block !== undefined || this.#reader.isInFrame || !this.#hasSettings;
  }

  /** `bytes` are lent for the call. */
  receive(bytes: Buffer, start: number, end: number): void {
    let at = start;
    for (; this.#magicAt < clientMagic.length && at < end && !this.#isOver; at++) {
      if (bytes[at] === clientMagic[this.#magicAt]) this.#magicAt += 1;
      else this.#break(errorCode.protocol, 'the connection does not begin with the preface');
    }
    if (!this.#isOver) this.#reader.read(bytes, at, end);
    if (this.#lulling.length > 0) this.#lull();
  }

  /** Streams that were opened since the last call and are still open; each wants `handleWith` and an answer. */
  takeOpened(): ServerStream[] {
    const opened = this.#opened;
    if (opened.length > 0) this.#opened = [];
    return opened.filter(({ isOver }) => !isOver);
  }

  /** To be called when the output was taken. */
  onOutputTaken(): void {
    this.#acknowledgements = 0;
  }

  /** Tells the visitor to open no more streams; those that are under way are still taken (RFC 9113 section 6.8). */
  askToLeave(): void {
    this.output.goAway(largestStream, errorCode.none);
    this.output.ping(0, Buffer.alloc(8), 0);
  }

  /** No more streams are taken. */
  refuseMore(): void {
    if (this.#lastTaken !== largestStream || this.#isOver) return;
    this.#lastTaken = this.#lastStream;
    this.output.goAway(this.#lastTaken, errorCode.none);
  }

  /** The connection is gone. */
  close(): void {
    this.#isOver = true;
    this.#reader.stop();
    this.#endStreams();
    this.output.close();
  }

  // FrameSink

  onFrame(type: number, flags: number, stream: number, bytes: Buffer, from: number, to: number): undefined {
    if (!this.#hasSettings) {
      const isSettings = type === frameType.settings && (flags & flag.acknowledge) === 0;
      if (!isSettings) return this.#break(errorCode.protocol, 'the first frame is not SETTINGS');
    }
    if (this.#block !== undefined && (type !== frameType.continuation || stream !== this.#block.stream)) {
      return this.#break(errorCode.protocol, 'a frame inside a header block');
    }
    switch (type) {
      case frameType.headers:
        return this.#onHeaders(flags, stream, bytes, from, to);
      case frameType.continuation:
        return this.#onContinuation(flags, bytes, from, to);
      case frameType.priority:
        return this.#onPriority(stream, bytes, from, to);
      case frameType.reset:
        return this.#onReset(stream, from, to);
      case frameType.settings:
        return this.#onSettings(flags, stream, bytes, from, to);
      case frameType.pushPromise:
        return this.#break(errorCode.protocol, 'a client promises nothing');
      case frameType.ping:
        return this.#onPing(flags, stream, bytes, from, to);
      case frameType.goAway:
        return this.#onGoAway(stream, from, to);
      case frameType.windowUpdate:
        return this.#onWindowUpdate(stream, bytes, from, to);
      default:
        // RFC 9113 section 4.1: what nobody knows is ignored.
        return;
    }
  }

  onDataHead(flags: number, id: number, length: number): undefined {
    if (!this.#hasSettings) return this.#break(errorCode.protocol, 'the first frame is not SETTINGS');
    if (this.#block !== undefined) return this.#break(errorCode.protocol, 'a frame inside a header block');
    if (id === 0 || id > this.#lastStream || id % 2 === 0)
      return this.#break(errorCode.protocol, 'DATA on an idle stream');
    if (!this.#receiveWindow.spend(length)) {
      return this.#break(errorCode.flowControl, 'more DATA than the connection takes');
    }
    const stream = this.#streams.get(id);
    this.#dataStream = undefined;
    this.#dataFlags = flags;
    this.#dataLength = length;
    this.#dataBytes = 0;
    this.#isDataEmpty = true;
    if (stream === undefined) {
      if (!this.#resetHere.has(id) && id <= this.#lastTaken)
        this.#break(errorCode.streamClosed, 'DATA on a closed stream');
      return;
    }
    const hasRoom = stream.receiveWindow.spend(length);
    if (stream.isRequestOver) this.#fail(stream, errorCode.streamClosed);
    else if (!hasRoom) this.#fail(stream, errorCode.flowControl);
    else this.#dataStream = stream;
  }

  onDataBytes(bytes: Buffer, from: number, to: number): undefined {
    this.#isDataEmpty = false;
    const stream = this.#dataStream;
    if (stream === undefined || stream.isOver) return;
    if (stream.bytesMissing !== -1) {
      stream.bytesMissing -= to - from;
      // Longer than its head said (section 8.1.1).
      if (stream.bytesMissing < 0) return this.#fail(stream, errorCode.protocol);
    }
    this.#dataBytes += to - from;
    stream.receive(bytes, from, to);
    if (this.#lulling.at(-1) !== stream) this.#lulling.push(stream);
  }

  onDataEnd(): undefined {
    const stream = this.#dataStream;
    this.#dataStream = undefined;
    const endsStream = (this.#dataFlags & flag.endStream) !== 0;
    // Asked at its end: one that is all padding is empty, too.
    if (this.#isDataEmpty && !endsStream && !this.#emptyFrames.take(this.#nowMs())) {
      return this.#break(errorCode.enhanceYourCalm, 'too many empty DATA frames');
    }
    // What was given on is counted when it is taken; the rest, padding for one, was never kept.
    const unkept = this.#dataLength - this.#dataBytes;
    if (unkept > 0) this.#widenConnection(unkept);
    if (stream === undefined || stream.isOver) return;
    if (unkept > 0) this.#widenStream(stream, unkept);
    if (endsStream) this.#endRequest(stream);
  }

  onBroken(code: ErrorCode, says: string): void {
    this.#break(code, says);
  }

  // StreamOwner

  answer(stream: ServerStream, status: number, raw: readonly string[], numbers: readonly number[]): void {
    if (!stream.isOver) this.output.answer(stream, status, raw, numbers);
  }

  write(stream: ServerStream, bytes: Buffer): boolean {
    return stream.isOver || this.output.write(stream, bytes);
  }

  end(stream: ServerStream): void {
    if (!stream.isOver && !stream.isEnding) this.output.end(stream);
  }

  reset(stream: ServerStream, code: number): void {
    if (!stream.isOver) this.#reset(stream, code);
  }

  onTaken(stream: ServerStream, bytes: number): void {
    if (this.#isOver) return;
    this.#widenConnection(bytes);
    if (!stream.isOver && !stream.isRequestOver) this.#widenStream(stream, bytes);
  }

  // OutputOwner

  onOutput(): void {
    this.#events.onOutput();
  }

  onAnswered(stream: ServerStream): void {
    stream.isAnswerOver = true;
    if (stream.isRequestOver) this.#finish(stream, true);
  }

  onUnsendable(stream: ServerStream): void {
    this.#reset(stream, errorCode.internal);
  }

  onDeaf(): void {
    this.#break(errorCode.enhanceYourCalm, 'answers are asked for and not read');
  }

  // Heads

  #onHeaders(flags: number, stream: number, bytes: Buffer, from: number, to: number): undefined {
    if (stream % 2 === 0) return this.#break(errorCode.protocol, 'HEADERS on a stream that is not the client’s');
    let start = from;
    let end = to;
    if ((flags & flag.padded) !== 0) {
      if (start === end) return this.#break(errorCode.frameSize, 'no room for the length of padding');
      end -= bytes[start]!;
      start += 1;
    }
    let dependsOn = -1;
    if ((flags & flag.priority) !== 0) {
      if (to - start < 5) return this.#break(errorCode.frameSize, 'no room for a priority');
      dependsOn = quadAt(bytes, start) & 0x7fffffff;
      start += 5;
    }
    if (start > end) return this.#break(errorCode.protocol, 'more padding than there is');
    const endsStream = (flags & flag.endStream) !== 0;
    const isOwnParent = dependsOn === stream;
    if ((flags & flag.endHeaders) !== 0) this.#onHead(stream, endsStream, isOwnParent, bytes, start, end);
    else this.#block = new HeadBlock(stream, endsStream, isOwnParent, bytes, start, end);
  }

  #onContinuation(flags: number, bytes: Buffer, from: number, to: number): undefined {
    const block = this.#block;
    if (block === undefined) return this.#break(errorCode.protocol, 'CONTINUATION without HEADERS');
    if (!block.add(bytes, from, to)) return this.#break(errorCode.enhanceYourCalm, 'a header block without an end');
    if ((flags & flag.endHeaders) === 0) return;
    this.#block = undefined;
    this.#onHead(block.stream, block.endsStream, block.isOwnParent, block.bytes, 0, block.length);
  }

  /** A whole header block. It is decoded whatever becomes of its stream: the table is the connection's. */
  #onHead(id: number, endsStream: boolean, isOwnParent: boolean, bytes: Buffer, from: number, to: number): undefined {
    const fault = this.#decoder.decode(bytes, from, to);
    if (fault === 'compression') return this.#break(errorCode.compression, 'a header block is not valid HPACK');
    const stream = this.#streams.get(id);
    if (stream !== undefined) this.#onTrailers(stream, endsStream, fault !== undefined);
    else if (id > this.#lastStream) this.#onRequest(id, endsStream, isOwnParent, fault !== undefined);
    else if (!this.#resetHere.has(id) && id <= this.#lastTaken) {
      this.#break(errorCode.streamClosed, 'HEADERS on a closed stream');
    }
  }

  #onTrailers(stream: ServerStream, endsStream: boolean, isTooLarge: boolean): undefined {
    const { numbers, hasInvalidField } = this.#decoder;
    if (stream.isRequestOver) this.#fail(stream, errorCode.streamClosed);
    else if (!endsStream || isTooLarge || !areTrailersRight(numbers, hasInvalidField)) {
      this.#fail(stream, errorCode.protocol);
    } else this.#endRequest(stream);
  }

  #onRequest(id: number, endsStream: boolean, isOwnParent: boolean, isTooLarge: boolean): undefined {
    this.#lastStream = id;
    // Behind our GOAWAY: as if it had never come (section 6.8).
    if (id > this.#lastTaken) return;
    const { raw, numbers, hasInvalidField } = this.#decoder;
    if (this.opening.isOpen) this.opening.onRequest(numbers);
    if (this.#streams.size >= http2Limits.streamsMax) return this.#refuse(id, errorCode.refusedStream, 'too-many');
    const request = isTooLarge ? undefined : readRequestFields(raw, numbers, hasInvalidField);
    const isMalformed = isOwnParent || (request === undefined && !isTooLarge);
    if (isMalformed || (endsStream && (request?.contentLength ?? 0) > 0)) {
      return this.#refuse(id, errorCode.protocol, 'malformed');
    }
    if (isTooLarge && !this.#spendReset()) return;
    const { streamWindow } = this.output;
    const stream = new ServerStream(this, id, request, endsStream, streamWindow);
    this.#streams.set(id, stream);
    if (this.#opened.push(stream) === 1) this.#events.onOpened();
  }

  // The other frames

  #onPriority(stream: number, bytes: Buffer, from: number, to: number): undefined {
    if (stream === 0) return this.#break(errorCode.protocol, 'PRIORITY of the connection');
    if (to - from !== 5) return this.#break(errorCode.frameSize, 'PRIORITY has five octets');
    if ((quadAt(bytes, from) & 0x7fffffff) === stream) this.#break(errorCode.protocol, 'a stream depends on itself');
    else if (this.opening.isOpen) this.opening.onPriority(stream, bytes, from);
  }

  #onReset(id: number, from: number, to: number): undefined {
    if (id === 0 || this.#isIdle(id)) return this.#break(errorCode.protocol, 'RST_STREAM on an idle stream');
    if (to - from !== 4) return this.#break(errorCode.frameSize, 'RST_STREAM has four octets');
    if (!this.#spendReset()) return;
    const stream = this.#streams.get(id);
    if (stream !== undefined) this.#finish(stream, false);
  }

  #onSettings(flags: number, stream: number, bytes: Buffer, from: number, to: number): undefined {
    if (stream !== 0) return this.#break(errorCode.protocol, 'SETTINGS of a stream');
    if ((flags & flag.acknowledge) !== 0) {
      if (to !== from) return this.#break(errorCode.frameSize, 'an acknowledgement has no settings');
      this.#settingsUnacknowledged -= 1;
      if (this.#settingsUnacknowledged < 0) this.#break(errorCode.protocol, 'an acknowledgement of nothing');
      return;
    }
    if ((to - from) % 6 !== 0) return this.#break(errorCode.frameSize, 'a setting has six octets');
    if (to - from > http2Limits.settingsMax * 6) return this.#break(errorCode.enhanceYourCalm, 'too many settings');
    this.#hasSettings = true;
    const windowBefore = this.output.streamWindow;
    for (let at = from; at < to && !this.#isOver; at += 6) {
      const identifier = (bytes[at]! << 8) | bytes[at + 1]!;
      const value = quadAt(bytes, at + 2);
      if (this.opening.isOpen) this.opening.onSetting(identifier, value);
      this.#set(identifier, value);
    }
    this.opening.onSettingsEnd();
    this.#changeWindows(this.output.streamWindow - windowBefore);
    if (!this.#isOver && this.#spendAcknowledgement()) this.output.acknowledgeSettings();
  }

  /** RFC 9113 section 6.5.2. */
  #set(identifier: number, value: number): undefined {
    if (identifier === setting.headerTableSize) this.output.encoder.setTableBytesMax(value);
    else if (identifier === setting.enablePush) {
      if (value > 1) this.#break(errorCode.protocol, 'ENABLE_PUSH is 0 or 1');
    } else if (identifier === setting.maxFrameSize) {
      if (value < 1 << 14 || value > 0xffffff) this.#break(errorCode.protocol, 'MAX_FRAME_SIZE out of its bounds');
      else this.output.frameBytesMax = value;
    } else if (identifier === setting.initialWindowSize) {
      if (value > largestWindow) this.#break(errorCode.flowControl, 'a window larger than any may be');
      else this.output.streamWindow = value;
    }
  }

  /** Section 6.9.2: windows of streams that are open change by as much. */
  #changeWindows(by: number): undefined {
    if (by === 0) return;
    for (const stream of this.#streams.values()) {
      if (stream.sendWindow + by > largestWindow) {
        return this.#break(errorCode.flowControl, 'a window larger than any may be');
      }
      stream.sendWindow += by;
      if (by > 0) this.output.onWidened(stream);
    }
  }

  #onPing(flags: number, stream: number, bytes: Buffer, from: number, to: number): undefined {
    if (stream !== 0) return this.#break(errorCode.protocol, 'PING on a stream');
    if (to - from !== 8) return this.#break(errorCode.frameSize, 'PING has eight octets');
    if ((flags & flag.acknowledge) !== 0) this.#events.onPong();
    else if (this.#spendAcknowledgement()) this.output.ping(flag.acknowledge, bytes, from);
  }

  #onGoAway(stream: number, from: number, to: number): undefined {
    if (stream !== 0) return this.#break(errorCode.protocol, 'GOAWAY on a stream');
    if (to - from < 8) return this.#break(errorCode.frameSize, 'GOAWAY has eight octets and more');
    // It names streams that we would have opened. Its own go on; nothing follows from it.
  }

  #onWindowUpdate(id: number, bytes: Buffer, from: number, to: number): undefined {
    if (to - from !== 4) return this.#break(errorCode.frameSize, 'WINDOW_UPDATE has four octets');
    const by = quadAt(bytes, from) & 0x7fffffff;
    if (id === 0) {
      if (by === 0) return this.#break(errorCode.protocol, 'a window widened by nothing');
      if (this.output.window + by > largestWindow) {
        return this.#break(errorCode.flowControl, 'a window larger than any may be');
      }
      if (this.opening.isOpen) this.opening.onWindow(by);
      this.output.window += by;
      if (this.output.hasWork) this.#events.onOutput();
      return;
    }
    if (this.#isIdle(id)) return this.#break(errorCode.protocol, 'WINDOW_UPDATE on an idle stream');
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    if (by === 0) this.#fail(stream, errorCode.protocol);
    else if (stream.sendWindow + by > largestWindow) this.#fail(stream, errorCode.flowControl);
    else {
      stream.sendWindow += by;
      this.output.onWidened(stream);
    }
  }

  // Ends

  /** END_STREAM arrived. */
  #endRequest(stream: ServerStream): undefined {
    // Shorter than its head said (section 8.1.1).
    if (stream.bytesMissing > 0) return this.#fail(stream, errorCode.protocol);
    stream.requestEnded();
    if (stream.isAnswerOver && !stream.isOver) this.#finish(stream, true);
  }

  /** The visitor broke the rules of one stream. */
  #fail(stream: ServerStream, code: ErrorCode): undefined {
    if (!this.#spendReset()) return;
    if (code === errorCode.protocol) this.#events.onRejected('malformed');
    this.#reset(stream, code);
  }

  /** The same of a stream that never was. */
  #refuse(id: number, code: ErrorCode, reason: 'malformed' | 'too-many'): undefined {
    if (!this.#spendReset()) return;
    this.#events.onRejected(reason);
    this.#keepReset(id);
    this.output.resetStream(id, code);
  }

  #reset(stream: ServerStream, code: number): void {
    this.#keepReset(stream.id);
    this.output.resetStream(stream.id, code);
    this.#finish(stream, false);
  }

  #keepReset(id: number): void {
    const kept = this.#resetHere;
    if (kept.size >= http2Limits.resetStreamsKept) kept.delete(kept.values().next().value!);
    kept.add(id);
  }

  #finish(stream: ServerStream, isWhole: boolean): void {
    if (stream.isOver) return;
    this.#streams.delete(stream.id);
    stream.over(isWhole);
  }

  #endStreams(): void {
    for (const stream of [...this.#streams.values()]) this.#finish(stream, false);
    this.#opened = [];
  }

  /** The visitor broke the rules of the connection. */
  #break(code: ErrorCode, says: string): undefined {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reader.stop();
    this.#block = undefined;
    this.output.goAway(Math.min(this.#lastStream, this.#lastTaken), code);
    this.#endStreams();
    this.#events.onBroken(code, says);
  }

  /** false: there were too many, and the connection has ended. */
  #spendReset(): boolean {
    if (this.#resets.take(this.#nowMs())) return true;
    this.#break(errorCode.enhanceYourCalm, 'too many streams that come to nothing');
    return false;
  }

  #spendAcknowledgement(): boolean {
    this.#acknowledgements += 1;
    if (this.#acknowledgements <= http2Limits.acknowledgementsMax) return true;
    this.#break(errorCode.enhanceYourCalm, 'too much to acknowledge');
    return false;
  }

  #isIdle(id: number): boolean {
    return id > this.#lastStream || id % 2 === 0;
  }

  // Our windows

  #widenConnection(by: number): void {
    const wider = this.#receiveWindow.giveBack(by);
    if (wider > 0) this.output.widen(0, wider);
  }

  #widenStream(stream: ServerStream, by: number): void {
    const wider = stream.receiveWindow.giveBack(by);
    if (wider === 0) return;
    // The answer is complete, and nobody waits for the rest of the request (section 8.1).
    if (stream.isAnswerOver) this.#reset(stream, errorCode.none);
    else this.output.widen(stream.id, wider);
  }

  #lull(): void {
    for (const stream of this.#lulling.splice(0)) stream.lull();
  }
}
