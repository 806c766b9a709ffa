import { type ClientWindows, ObservationBatch, observationBytes } from '../../bots/index.ts';
import { peerLimits } from './limits.ts';
import { PeerCounts } from './peerCounts.ts';
import { type FrameKind, frameKinds } from './peerFrames.ts';
import type { PeerPayload, PeerTopic } from './peerTopic.ts';

/** What each worker saw of clients, so that one client is one client whichever worker meets it. */
export class ClientsTopic implements PeerTopic {
  readonly newsKind = frameKinds.observations;
  readonly stateKinds = [frameKinds.addresses, frameKinds.clients];
  readonly counts = new PeerCounts();
  readonly countedPerSecondMax = peerLimits.countedPerSecondMax;
  readonly #windows: ClientWindows;

  constructor(windows: ClientWindows) {
    this.#windows = windows;
  }

  get isShared(): boolean {
    return this.#windows.isShared;
  }

  set isShared(isShared: boolean) {
    this.#windows.isShared = isShared;
  }

  get onFirstKept(): (() => void) | undefined {
    return this.#windows.onFirstKept;
  }

  set onFirstKept(onFirstKept: (() => void) | undefined) {
    this.#windows.onFirstKept = onFirstKept;
  }

  takeNews(): Uint8Array | undefined {
    return this.#windows.takeObservations();
  }

  newsIn(payload: Uint8Array): number | undefined {
    const observations = payload.length / observationBytes;
    return Number.isInteger(observations) ? observations : undefined;
  }

  hear(payload: PeerPayload, count: number, nowMs: number): number {
    return this.#windows.countAll(ObservationBatch.over(payload), count, nowMs);
  }

  pack(kind: FrameKind, from: number, nowMs: number): { readonly bytes: Uint8Array; readonly next: number } {
    return this.#windows.pack(stateKindOf(kind), from, peerLimits.statesPerStep, nowMs);
  }

  adopt(kind: FrameKind, payload: PeerPayload, nowMs: number): number | undefined {
    return this.#windows.adopt(stateKindOf(kind), payload, nowMs);
  }
}

function stateKindOf(kind: FrameKind): 'addresses' | 'clients' {
  return kind === frameKinds.clients ? 'clients' : 'addresses';
}
