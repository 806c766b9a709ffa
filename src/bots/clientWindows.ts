import type { RequestHead } from '../http/requestHead.ts';
import { clientKey } from './clientKey.ts';
import type { ClientWindow } from './clientWindow.ts';
import { acceptFacts } from './facts/accept.ts';
import { destinationOf, extensionClass } from './facts/destination.ts';
import { botLimits } from './limits.ts';

/** Twelve buckets of five seconds make the minute. */
const bucketMs = 5_000;
const buckets = 12;
/** Counters kept per bucket. */
const counters = { requests: 0, documents: 1, assets: 2, cookies: 3, responses: 4, errors: 5 } as const;
const counterCount = 6;
const slotCounters = buckets * counterCount;
/** Words of the bitmap that estimates distinct paths: 128 bits for this minute, 128 for the one before. */
const bitmapWords = 4;
const bitmapBits = bitmapWords * 32;
const userAgentsMax = 8;
const pagesMax = 16;

/**
 * What each client did lately, for a bounded number of clients, at constant cost per request. All memory is taken at the
 * start: `clientsMax` slots. A new client that finds no free slot takes the one of a client that was not seen since the
 * clock's hand (second chance) last passed it, so that whoever is busy stays. Time is what the caller says; going back
 * counts as standing still. One instance per worker.
 */
export class ClientWindows {
  readonly #clientsMax: number;
  readonly #slots = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #wasSeen: Uint8Array;
  #hand = 0;

  readonly #counts: Uint16Array;
  readonly #totals: Uint32Array;
  /** Number of the newest bucket (time / bucketMs). */
  readonly #newestBucket: Float64Array;
  readonly #firstMs: Float64Array;
  readonly #lastMs: Float64Array;
  readonly #intervals: Uint16Array;
  readonly #intervalMean: Float32Array;
  readonly #intervalVariance: Float32Array;
  readonly #pathBits: Uint32Array;
  readonly #pathMinute: Float64Array;
  readonly #userAgents: Uint32Array;
  readonly #userAgentCount: Uint8Array;
  readonly #pages: Uint32Array;
  readonly #pageNext: Uint8Array;
  readonly #ownReferers: Uint16Array;
  readonly #knownReferers: Uint16Array;

  constructor(bounds: { readonly clientsMax?: number } = {}) {
    const max = bounds.clientsMax ?? botLimits.clientsMax;
    this.#clientsMax = max;
    this.#wasSeen = new Uint8Array(max);
    this.#counts = new Uint16Array(max * slotCounters);
    this.#totals = new Uint32Array(max * counterCount);
    this.#newestBucket = new Float64Array(max);
    this.#firstMs = new Float64Array(max);
    this.#lastMs = new Float64Array(max);
    this.#intervals = new Uint16Array(max);
    this.#intervalMean = new Float32Array(max);
    this.#intervalVariance = new Float32Array(max);
    this.#pathBits = new Uint32Array(max * bitmapWords * 2);
    this.#pathMinute = new Float64Array(max);
    this.#userAgents = new Uint32Array(max * userAgentsMax);
    this.#userAgentCount = new Uint8Array(max);
    this.#pages = new Uint32Array(max * pagesMax);
    this.#pageNext = new Uint8Array(max);
    this.#ownReferers = new Uint16Array(max);
    this.#knownReferers = new Uint16Array(max);
  }

  /** Clients known now; never more than `clientsMax`. */
  get size(): number {
    return this.#slots.size;
  }

  /** Counts the request and says how its client stands, this request included. `nowMs`: the monotonic clock. */
  observe(head: RequestHead, nowMs: number): ClientWindow {
    const startMs = Math.max(0, nowMs);
    const slot = this.#slotOf(clientKey(head.clientAddress), startMs);
    const now = Math.max(startMs, this.#lastMs[slot]!);
    const isFirst = this.#totals[slot * counterCount] === 0 && now === this.#firstMs[slot]!;
    this.#advance(slot, now);
    this.#noteInterval(slot, now, isFirst);
    const { headers } = head;
    const destination = destinationOf(
      headers['sec-fetch-dest'],
      acceptFacts(headers.accept),
      extensionClass(head.path),
    );
    const isDocument = destination === 'document' || destination === 'frame';
    this.#count(slot, counters.requests);
    if (isDocument) this.#count(slot, counters.documents);
    else if (destination !== 'fetch' && destination !== 'other') this.#count(slot, counters.assets);
    if (headers.cookie !== undefined) this.#count(slot, counters.cookies);
    this.#notePath(slot, head.path, now);
    this.#noteUserAgent(slot, headers['user-agent'] ?? '');
    this.#noteReferer(slot, head);
    if (isDocument) this.#notePage(slot, head.path);
    this.#lastMs[slot] = now;
    return this.#snapshot(slot, now, isFirst);
  }

  /** Counts how a request of this client was answered. A client that is no longer known is left out. */
  recordStatus(clientAddress: string, status: number, nowMs: number): void {
    const slot = this.#slots.get(clientKey(clientAddress));
    if (slot === undefined) return;
    this.#advance(slot, Math.max(nowMs, this.#lastMs[slot]!));
    this.#count(slot, counters.responses);
    if (status >= 400) this.#count(slot, counters.errors);
  }

  #slotOf(key: string, nowMs: number): number {
    const known = this.#slots.get(key);
    if (known !== undefined) {
      this.#wasSeen[known] = 1;
      return known;
    }
    const slot = this.#keys.length < this.#clientsMax ? this.#keys.length : this.#evict();
    this.#keys[slot] = key;
    this.#slots.set(key, slot);
    this.#clear(slot, nowMs);
    return slot;
  }

  /** Every step clears a mark, so a round of `clientsMax` steps finds one; spread over requests it is about one step each. */
  #evict(): number {
    while (this.#wasSeen[this.#hand] === 1) {
      this.#wasSeen[this.#hand] = 0;
      this.#hand = (this.#hand + 1) % this.#clientsMax;
    }
    const slot = this.#hand;
    this.#hand = (this.#hand + 1) % this.#clientsMax;
    this.#slots.delete(this.#keys[slot]!);
    return slot;
  }

  #clear(slot: number, nowMs: number): void {
    this.#wasSeen[slot] = 0;
    this.#counts.fill(0, slot * slotCounters, (slot + 1) * slotCounters);
    this.#totals.fill(0, slot * counterCount, (slot + 1) * counterCount);
    this.#newestBucket[slot] = Math.floor(nowMs / bucketMs);
    this.#firstMs[slot] = nowMs;
    this.#lastMs[slot] = nowMs;
    this.#intervals[slot] = 0;
    this.#pathBits.fill(0, slot * bitmapWords * 2, (slot + 1) * bitmapWords * 2);
    this.#pathMinute[slot] = Math.floor(nowMs / (bucketMs * buckets));
    this.#userAgentCount[slot] = 0;
    this.#pages.fill(0, slot * pagesMax, (slot + 1) * pagesMax);
    this.#pageNext[slot] = 0;
    this.#ownReferers[slot] = 0;
    this.#knownReferers[slot] = 0;
  }

  /** Empties the buckets that time has passed over. */
  #advance(slot: number, now: number): void {
    const bucket = Math.floor(now / bucketMs);
    const steps = Math.min(buckets, bucket - this.#newestBucket[slot]!);
    for (let step = 0; step < steps; step += 1) {
      const base = slot * slotCounters + ((bucket - step) % buckets) * counterCount;
      for (let counter = 0; counter < counterCount; counter += 1) {
        const total = slot * counterCount + counter;
        this.#totals[total] = this.#totals[total]! - this.#counts[base + counter]!;
        this.#counts[base + counter] = 0;
      }
    }
    if (steps > 0) this.#newestBucket[slot] = bucket;
  }

  #count(slot: number, counter: number): void {
    const index = slot * slotCounters + (this.#newestBucket[slot]! % buckets) * counterCount + counter;
    if (this.#counts[index] === 0xffff) return;
    this.#counts[index] = this.#counts[index]! + 1;
    const total = slot * counterCount + counter;
    this.#totals[total] = this.#totals[total]! + 1;
  }

  /** Exponentially weighted mean and variance; a new pause weighs a quarter at least. */
  #noteInterval(slot: number, now: number, isFirst: boolean): void {
    if (isFirst) return;
    const pauseMs = now - this.#lastMs[slot]!;
    const seen = Math.min(this.#intervals[slot]! + 1, 0xffff);
    this.#intervals[slot] = seen;
    if (seen === 1) {
      this.#intervalMean[slot] = pauseMs;
      this.#intervalVariance[slot] = 0;
      return;
    }
    const weight = Math.max(0.25, 1 / seen);
    const difference = pauseMs - this.#intervalMean[slot]!;
    this.#intervalMean[slot] = this.#intervalMean[slot]! + weight * difference;
    this.#intervalVariance[slot] = (1 - weight) * (this.#intervalVariance[slot]! + weight * difference * difference);
  }

  #notePath(slot: number, path: string, now: number): void {
    const minute = Math.floor(now / (bucketMs * buckets));
    const base = slot * bitmapWords * 2;
    const passed = minute - this.#pathMinute[slot]!;
    if (passed > 0) {
      if (passed === 1) this.#pathBits.copyWithin(base + bitmapWords, base, base + bitmapWords);
      else this.#pathBits.fill(0, base + bitmapWords, base + bitmapWords * 2);
      this.#pathBits.fill(0, base, base + bitmapWords);
      this.#pathMinute[slot] = minute;
    }
    const bit = hash(path) % bitmapBits;
    this.#pathBits[base + (bit >>> 5)] = this.#pathBits[base + (bit >>> 5)]! | (1 << (bit & 31));
  }

  #noteUserAgent(slot: number, text: string): void {
    const value = hash(text);
    const base = slot * userAgentsMax;
    const count = this.#userAgentCount[slot]!;
    for (let index = 0; index < count; index += 1) if (this.#userAgents[base + index] === value) return;
    if (count === userAgentsMax) return;
    this.#userAgents[base + count] = value;
    this.#userAgentCount[slot] = count + 1;
  }

  #noteReferer(slot: number, head: RequestHead): void {
    const { referer, host } = head.headers;
    if (referer === undefined || host === undefined) return;
    const at = referer.indexOf('//') + 2;
    if (at === 1 || !referer.startsWith(host, at)) return;
    const query = referer.indexOf('?', at);
    const path = referer.slice(at + host.length, query === -1 ? referer.length : query);
    if (this.#ownReferers[slot] === 0xffff) return;
    this.#ownReferers[slot] = this.#ownReferers[slot]! + 1;
    const value = hash(path === '' ? '/' : path);
    const base = slot * pagesMax;
    for (let index = 0; index < pagesMax; index += 1) {
      if (this.#pages[base + index] !== value) continue;
      this.#knownReferers[slot] = this.#knownReferers[slot]! + 1;
      return;
    }
  }

  #notePage(slot: number, path: string): void {
    const next = this.#pageNext[slot]!;
    this.#pages[slot * pagesMax + next] = hash(path);
    this.#pageNext[slot] = (next + 1) % pagesMax;
  }

  #snapshot(slot: number, now: number, isFirst: boolean): ClientWindow {
    const total = (counter: number) => this.#totals[slot * counterCount + counter]!;
    const requests = total(counters.requests);
    const responses = total(counters.responses);
    const pauseMean = this.#intervalMean[slot]!;
    const ownReferers = this.#ownReferers[slot]!;
    const isYoung = now - this.#firstMs[slot]! < bucketMs * buckets;
    // The client's first request cannot carry a cookie of this site's making.
    const cookieChances = requests - (isYoung ? 1 : 0);
    return {
      requests10s: this.#recent(slot, 0) + this.#recent(slot, 1),
      requests60s: requests,
      documents60s: total(counters.documents),
      distinctPaths60s: this.#distinctPaths(slot),
      assetShare60s: total(counters.assets) / Math.max(1, requests),
      errorShare60s: responses === 0 ? Number.NaN : total(counters.errors) / responses,
      cookieShare60s:
        isFirst || cookieChances === 0 ? Number.NaN : Math.min(1, total(counters.cookies) / cookieChances),
      knownRefererShare: ownReferers === 0 ? Number.NaN : this.#knownReferers[slot]! / ownReferers,
      distinctUserAgents: this.#userAgentCount[slot]!,
      intervalVariation:
        this.#intervals[slot]! < 3
          ? Number.NaN
          : pauseMean > 0
            ? Math.sqrt(this.#intervalVariance[slot]!) / pauseMean
            : 0,
      ageS: (now - this.#firstMs[slot]!) / 1_000,
    };
  }

  /** Requests of the newest bucket (0) or the one before (1). */
  #recent(slot: number, back: number): number {
    const bucket = (this.#newestBucket[slot]! - back + buckets) % buckets;
    return this.#counts[slot * slotCounters + bucket * counterCount]!;
  }

  /** Linear counting: of n bits, z still zero means about -n ln(z/n) different paths. */
  #distinctPaths(slot: number): number {
    const base = slot * bitmapWords * 2;
    let ones = 0;
    for (let word = 0; word < bitmapWords; word += 1) {
      ones += countOnes(this.#pathBits[base + word]! | this.#pathBits[base + bitmapWords + word]!);
    }
    return ones === bitmapBits
      ? bitmapBits * Math.log(bitmapBits)
      : Math.round(-bitmapBits * Math.log(1 - ones / bitmapBits));
  }
}

/** FNV-1a over at most the inspected length. */
function hash(text: string): number {
  const length = Math.min(text.length, botLimits.inspectedCharsMax);
  let value = 0x811c9dc5;
  for (let index = 0; index < length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  // The low bits alone mix poorly.
  return (value ^ (value >>> 15)) >>> 0;
}

function countOnes(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
