import type { FieldLines } from '../../http/index.ts';

/*
 * How body bytes travel between the visitor's and the origin's side without either knowing the other's codec. There is
 * one buffer's worth of bytes between them: a sink that is full says so, and its source waits for `resume`.
 */

/** Where the bytes of one message come from. A message without a body has no source. */
export interface BodySource {
  /** Starts the flow; called once. Until then nothing is read. */
  flowTo(sink: BodySink): void;
  pause(): void;
  resume(): void;
  /** Reads the rest and throws it away. */
  discard(): void;
}

/** Called by a source. After `onEnd` or `onFailure` nothing follows. None of them throws. */
export interface BodySink {
  /** `bytes` are lent as `BodyWriter.write` says. */
  onBytes(bytes: Buffer): void;
  /** No more has arrived for now: what was given should go out. */
  onLull(): void;
  /** The message is complete as its framing says. */
  onEnd(): void;
  /** The peer vanished in the middle. */
  onFailure(): void;
}

/** The writing half of one message. Its methods are harmless after `end`. */
export interface BodyWriter {
  /**
   * false: full; the owner of the writer is told when there is room again, and until then large pieces of `bytes`
   * (`socketLimits.copiedBytesMax`) are the writer's. Otherwise they may be used again after the call.
   */
  write(bytes: Buffer): boolean;
  /** Sends what was gathered of small pieces. */
  flush(): void;
  end(): void;
}

/** Head of a response on its way to the visitor. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly fields: FieldLines;
}

/** Both directions of a connection that left HTTP (101). Closing either end closes the other. */
export interface Tunnel {
  /** `bytes` may be used again by their owner after the call. */
  onBytes(listener: (bytes: Buffer) => void): void;
  onRoom(listener: () => void): void;
  onClosed(listener: () => void): void;
  /** Copies what it cannot send at once. false: full. */
  write(bytes: Buffer): boolean;
  pause(): void;
  resume(): void;
  end(): void;
}
