import { HeardNews, type Rates } from '../../rates/index.ts';
import { peerLimits } from './limits.ts';
import { PeerCounts } from './peerCounts.ts';
import { type FrameKind, frameKinds } from './peerFrames.ts';
import type { PeerPayload, PeerTopic } from './peerTopic.ts';

/** What each worker admitted of limited requests, so that all of them spend of the same buckets. Counted in keys. */
export class RatesTopic implements PeerTopic {
  readonly newsKind = frameKinds.rateNews;
  readonly stateKinds = [frameKinds.rateStates];
  readonly counts = new PeerCounts();
  readonly countedPerSecondMax = peerLimits.ratesPerSecondMax;
  readonly #rates: Rates;

  constructor(rates: Rates) {
    this.#rates = rates;
  }

  get isShared(): boolean {
    return this.#rates.isShared;
  }

  set isShared(isShared: boolean) {
    this.#rates.isShared = isShared;
  }

  get onFirstKept(): (() => void) | undefined {
    return this.#rates.onFirstKept;
  }

  set onFirstKept(onFirstKept: (() => void) | undefined) {
    this.#rates.onFirstKept = onFirstKept;
  }

  takeNews(): Uint8Array | undefined {
    return this.#rates.takeNews();
  }

  newsIn(payload: Uint8Array): number | undefined {
    return HeardNews.over(payload)?.count;
  }

  /** News of a worker with another secret name nobody here, and are left out like those that come late. */
  hear(payload: PeerPayload, count: number, nowMs: number): number {
    const news = HeardNews.over(payload);
    return news === undefined ? 0 : this.#rates.hear(news, count, nowMs);
  }

  pack(_: FrameKind, from: number, nowMs: number): { readonly bytes: Uint8Array; readonly next: number } {
    return this.#rates.pack(from, nowMs);
  }

  adopt(_: FrameKind, payload: PeerPayload, nowMs: number): number | undefined {
    return this.#rates.adopt(payload, nowMs);
  }
}
