import { BucketTable } from './bucketTable.ts';
import { KeyHash, type RateSecret } from './keyHash.ts';
import { rateLimits } from './limits.ts';
import type { RateLimit } from './rateLimit.ts';
import { type HeardNews, RateNews } from './rateNews.ts';

/** A key that is not full again, for a worker that starts: its time and its two words. */
const stateBytes = 16;

export interface RatesOptions {
  /** The same in all workers of an edge: they tell each other keys that were made with it. */
  readonly secret: RateSecret;
  /** Buckets, of all limits of all sites; a power of two. */
  readonly keysMax?: number;
  /** Whether somebody takes the news to other workers. */
  readonly isShared?: boolean;
}

/**
 * Token buckets of all limits of one worker. A bucket is one number, the time when it will be full again (GCRA): a request moves
 * it one interval on, and is limited while the time is further away than its limit tolerates. What other workers admitted moves
 * it likewise, so a bucket may owe tokens: nobody is admitted until they came in.
 *
 * Over W workers that hear of each other within d milliseconds, at most burst + rate × t + what arrives in d is admitted in
 * any time t, because all that is older than d is known everywhere; and none of what is due is lost, because what was
 * admitted too much is what is missing later.
 *
 * Fails open: a key that is forgotten, untold or unheard has a full bucket. Constant cost, no allocation per request, memory
 * only once there is a limited request. Time is what the caller says: milliseconds on the machine's monotonic clock.
 */
export class Rates {
  readonly #keysMax: number;
  readonly #secretName: number;
  readonly #news: RateNews;
  #buckets: BucketTable | undefined;
  #limit: RateLimit | undefined;
  /** How far away from full the bucket of the last request was, that request included. */
  #missingMs = 0;
  /** Whether somebody takes the news to other workers; else none are kept. */
  isShared: boolean;
  /** Called when there is something to be taken again. */
  onFirstKept: (() => void) | undefined;

  constructor({ secret, keysMax = rateLimits.keysMax, isShared = false }: RatesOptions) {
    this.#keysMax = keysMax;
    this.isShared = isShared;
    const hash = new KeyHash(secret);
    hash.ofText('name of the secret');
    this.#secretName = hash.high;
    this.#news = new RateNews(hash.high);
  }

  /**
   * false: the request is over its limit, and costs nothing. The words are those of a `KeyHash` made with the secret. Called per
   * request and limit.
   */
  take(limit: RateLimit, keyHigh: number, keyLow: number, nowMs: number): boolean {
    this.#buckets ??= new BucketTable(this.#keysMax);
    const buckets = this.#buckets;
    const high = keyHigh ^ limit.saltHigh;
    const low = keyLow ^ limit.saltLow;
    const place = buckets.find(high, low);
    const fullAtMs = place === -1 ? nowMs : Math.max(nowMs, buckets.fullAtMs(place));
    this.#limit = limit;
    this.#missingMs = fullAtMs - nowMs;
    if (this.#missingMs > (this.isShared ? limit.sharedToleranceMs : limit.toleranceMs)) return false;
    this.#missingMs += limit.intervalMs;
    if (place === -1) buckets.put(high, low, fullAtMs + limit.intervalMs, nowMs);
    else buckets.setFullAtMs(place, fullAtMs + limit.intervalMs);
    if (this.isShared && this.#news.add(high, low, nowMs, limit.intervalMs)) this.onFirstKept?.();
    return true;
  }

  /** Whole tokens left behind the last request: 0 to `burst`. Good until the next. */
  get remaining(): number {
    const limit = this.#limit;
    if (limit === undefined) return 0;
    return Math.max(0, Math.floor(limit.spec.burst - this.#missingMs / limit.intervalMs + 0.001));
  }

  /** Until there is one token more than `remaining`. For a limited request: until it would be admitted. Good until the next. */
  get msUntilNext(): number {
    const limit = this.#limit;
    if (limit === undefined) return 0;
    return Math.max(0, this.#missingMs - (limit.spec.burst - this.remaining - 1) * limit.intervalMs);
  }

  /** Buckets that were not full again and had to make way for others. */
  get forgotten(): number {
    return this.#buckets?.forgotten ?? 0;
  }

  /** Admitted requests that the other workers will not hear of. */
  get lost(): number {
    return this.#news.lost;
  }

  /** What was admitted here since the last call, packed; undefined when it is nothing. A copy. */
  takeNews(): Uint8Array | undefined {
    return this.#news.take();
  }

  /**
   * Takes what another worker admitted out of the buckets here: the first `count` keys of its news. Any bytes do no harm; what is
   * not of about now is left out, and so are keys that were made with another secret. How many were counted.
   */
  hear(news: HeardNews, count: number, nowMs: number): number {
    if (news.secretName !== this.#secretName) return 0;
    let heard = 0;
    for (let index = 0; index < count; index += 1) {
      const fullAtMs = news.fullAtMs(index);
      const costMs = news.costMs(index);
      // When the last of it was admitted, at the latest.
      if (!(costMs > 0 && costMs <= rateLimits.fillMsMax && fullAtMs - costMs <= nowMs + rateLimits.newsAgeMsMax))
        continue;
      if (!(fullAtMs > nowMs - rateLimits.newsAgeMsMax)) continue;
      this.#spend(news.high(index), news.low(index), fullAtMs, costMs, nowMs);
      heard += 1;
    }
    return heard;
  }

  #spend(high: number, low: number, fullAtMs: number, costMs: number, nowMs: number): void {
    this.#buckets ??= new BucketTable(this.#keysMax);
    const place = this.#buckets.find(high, low);
    if (place !== -1) {
      this.#buckets.setFullAtMs(place, Math.max(this.#buckets.fullAtMs(place) + costMs, fullAtMs));
    } else if (fullAtMs > nowMs - rateLimits.newsDelayMs) this.#buckets.put(high, low, fullAtMs, nowMs);
  }

  /**
   * Buckets that are not full again, for a worker that starts and would give all of them full, from the place `from` on. `next`
   * is where to go on; -1: that was the end.
   */
  pack(from: number, nowMs: number): { readonly bytes: Uint8Array; readonly next: number } {
    if (this.#buckets === undefined) return { bytes: new Uint8Array(0), next: -1 };
    const doubles = new Float64Array((rateLimits.statesPerFrameMax * stateBytes) / 8);
    const words = new Int32Array(doubles.buffer);
    let count = 0;
    const bounds = { seenMax: rateLimits.statesPerFrameMax, lookedAtMax: rateLimits.statesLookedAtMax };
    const next = this.#buckets.each(from, bounds, nowMs, (high, low, fullAtMs) => {
      doubles[count * 2] = fullAtMs;
      words[count * 4 + 2] = high;
      words[count * 4 + 3] = low;
      count += 1;
    });
    return { bytes: new Uint8Array(doubles.buffer, 0, count * stateBytes), next };
  }

  /**
   * Takes over what another worker packed, where less is left than here. Any bytes do no harm. How many were taken over; undefined
   * when it is no whole number of them. The bytes must lie as numbers of 8 bytes do.
   */
  adopt(bytes: Uint8Array<ArrayBuffer>, nowMs: number): number | undefined {
    if (bytes.length % stateBytes !== 0) return undefined;
    this.#buckets ??= new BucketTable(this.#keysMax);
    const doubles = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    let adopted = 0;
    for (let index = 0; index < doubles.length / 2; index += 1) {
      const fullAtMs = doubles[index * 2]!;
      if (!(fullAtMs > nowMs && fullAtMs <= nowMs + rateLimits.fillMsMax)) continue;
      const high = words[index * 4 + 2]!;
      const low = words[index * 4 + 3]!;
      const place = this.#buckets.find(high, low);
      if (place === -1) this.#buckets.put(high, low, fullAtMs, nowMs);
      else if (this.#buckets.fullAtMs(place) < fullAtMs) this.#buckets.setFullAtMs(place, fullAtMs);
      else continue;
      adopted += 1;
    }
    return adopted;
  }
}
