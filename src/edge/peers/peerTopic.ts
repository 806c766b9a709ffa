import type { PeerCounts } from './peerCounts.ts';
import type { FrameKind } from './peerFrames.ts';

/** Bytes of a payload lie as numbers of 8 bytes do, at the beginning of their memory, and are good until the call returns. */
export type PeerPayload = Uint8Array<ArrayBuffer>;

/**
 * One thing that workers tell each other: what each of them has news of, and what a new one must be told. The exchange asks it from
 * timers and sockets, never from a request. `hear` and `adopt` get any bytes and do no harm with them.
 */
export interface PeerTopic {
  /** Of the frame with its news; no two topics have the same. */
  readonly newsKind: FrameKind;
  /** Of the frames with its states, in the order in which a new worker is told of them. */
  readonly stateKinds: readonly FrameKind[];
  readonly counts: PeerCounts;
  /** How many news are counted in one second; what is more is left out, and counted as such. */
  readonly countedPerSecondMax: number;
  /** Whether there is a peer to be told anything; set by the exchange. */
  isShared: boolean;
  /** Called by the topic when there is something to be taken again; set by the exchange. */
  onFirstKept: (() => void) | undefined;
  /** All news since the last call, at most one frame; undefined when it is nothing. A copy. */
  takeNews(): Uint8Array | undefined;
  /** How many news the payload is; undefined when it is no whole number of them. */
  newsIn(payload: Uint8Array): number | undefined;
  /** Counts the first `count` news of the payload. How many were near enough in time to count. */
  hear(payload: PeerPayload, count: number, nowMs: number): number;
  /** Some of the states from `from` on, at most one frame. `next` is where to go on; -1: that was the end. */
  pack(kind: FrameKind, from: number, nowMs: number): { readonly bytes: Uint8Array; readonly next: number };
  /** Takes over what another worker packed. How many; undefined when it is no whole number of them. */
  adopt(kind: FrameKind, payload: PeerPayload, nowMs: number): number | undefined;
}
