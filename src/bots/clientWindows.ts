import type { RequestHead } from '../http/requestHead.ts';
import { assert } from '../kernel/assert.ts';
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

/*
 * All that is known of one client lies together, in cache lines that follow each other: to meet a client costs one wait for
 * memory and not one for each thing that is known of it. Where each thing begins in a slot, in entries of its own size:
 */
const slotBytes = 384;
const slotDoubles = slotBytes / 8;
const slotWords = slotBytes / 4;
const slotShorts = slotBytes / 2;
/** Float64: number of the newest bucket (time / bucketMs), first and last time seen, number of the bitmap's minute. */
const newestBucketAt = 0;
const firstMsAt = 1;
const lastMsAt = 2;
const pathMinuteAt = 3;
/** Float32. */
const intervalMeanAt = 8;
const intervalVarianceAt = 9;
/** Uint32. */
const totalsAt = 10;
const pathBitsAt = totalsAt + counterCount;
const userAgentsAt = pathBitsAt + bitmapWords * 2;
const pagesAt = userAgentsAt + userAgentsMax;
/** Uint16. */
const countsAt = (pagesAt + pagesMax) * 2;
const intervalsAt = countsAt + slotCounters;
const ownReferersAt = intervalsAt + 1;
const knownReferersAt = intervalsAt + 2;
const userAgentCountAt = intervalsAt + 3;
const pageNextAt = intervalsAt + 4;
assert(pageNextAt < slotShorts, 'a slot holds all that is known of a client');

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

  /** The slots, seen as numbers of each size. */
  readonly #doubles: Float64Array;
  readonly #floats: Float32Array;
  readonly #words: Uint32Array;
  readonly #shorts: Uint16Array;

  constructor(bounds: { readonly clientsMax?: number } = {}) {
    const max = bounds.clientsMax ?? botLimits.clientsMax;
    this.#clientsMax = max;
    this.#wasSeen = new Uint8Array(max);
    const memory = new ArrayBuffer(max * slotBytes);
    this.#doubles = new Float64Array(memory);
    this.#floats = new Float32Array(memory);
    this.#words = new Uint32Array(memory);
    this.#shorts = new Uint16Array(memory);
  }

  /** Clients known now; never more than `clientsMax`. */
  get size(): number {
    return this.#slots.size;
  }

  /** Counts the request and says how its client stands, this request included. `nowMs`: the monotonic clock. */
  observe(head: RequestHead, nowMs: number): ClientWindow {
    const startMs = Math.max(0, nowMs);
    const slot = this.#slotOf(clientKey(head.clientAddress), startMs);
    const now = Math.max(startMs, this.#doubles[slot * slotDoubles + lastMsAt]!);
    const isFirst =
      this.#words[slot * slotWords + totalsAt] === 0 && now === this.#doubles[slot * slotDoubles + firstMsAt]!;
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
    this.#doubles[slot * slotDoubles + lastMsAt] = now;
    return this.#snapshot(slot, now, isFirst);
  }

  /** Counts how a request of this client was answered. A client that is no longer known is left out. */
  recordStatus(clientAddress: string, status: number, nowMs: number): void {
    const slot = this.#slots.get(clientKey(clientAddress));
    if (slot === undefined) return;
    this.#advance(slot, Math.max(nowMs, this.#doubles[slot * slotDoubles + lastMsAt]!));
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
    this.#words.fill(0, slot * slotWords, (slot + 1) * slotWords);
    this.#doubles[slot * slotDoubles + newestBucketAt] = Math.floor(nowMs / bucketMs);
    this.#doubles[slot * slotDoubles + firstMsAt] = nowMs;
    this.#doubles[slot * slotDoubles + lastMsAt] = nowMs;
    this.#doubles[slot * slotDoubles + pathMinuteAt] = Math.floor(nowMs / (bucketMs * buckets));
  }

  /** Empties the buckets that time has passed over. */
  #advance(slot: number, now: number): void {
    const bucket = Math.floor(now / bucketMs);
    const steps = Math.min(buckets, bucket - this.#doubles[slot * slotDoubles + newestBucketAt]!);
    for (let step = 0; step < steps; step += 1) {
      const base = slot * slotShorts + countsAt + ((bucket - step) % buckets) * counterCount;
      for (let counter = 0; counter < counterCount; counter += 1) {
        const total = slot * slotWords + totalsAt + counter;
        this.#words[total] = this.#words[total]! - this.#shorts[base + counter]!;
        this.#shorts[base + counter] = 0;
      }
    }
    if (steps > 0) this.#doubles[slot * slotDoubles + newestBucketAt] = bucket;
  }

  #count(slot: number, counter: number): void {
    const index =
      slot * slotShorts +
      countsAt +
      (this.#doubles[slot * slotDoubles + newestBucketAt]! % buckets) * counterCount +
      counter;
    if (this.#shorts[index] === 0xffff) return;
    this.#shorts[index] = this.#shorts[index]! + 1;
    const total = slot * slotWords + totalsAt + counter;
    this.#words[total] = this.#words[total]! + 1;
  }

  /** Exponentially weighted mean and variance; a new pause weighs a quarter at least. */
  #noteInterval(slot: number, now: number, isFirst: boolean): void {
    if (isFirst) return;
    const pauseMs = now - this.#doubles[slot * slotDoubles + lastMsAt]!;
    const seen = Math.min(this.#shorts[slot * slotShorts + intervalsAt]! + 1, 0xffff);
    this.#shorts[slot * slotShorts + intervalsAt] = seen;
    if (seen === 1) {
      this.#floats[slot * slotWords + intervalMeanAt] = pauseMs;
      this.#floats[slot * slotWords + intervalVarianceAt] = 0;
      return;
    }
    const weight = Math.max(0.25, 1 / seen);
    const difference = pauseMs - this.#floats[slot * slotWords + intervalMeanAt]!;
    this.#floats[slot * slotWords + intervalMeanAt] =
      this.#floats[slot * slotWords + intervalMeanAt]! + weight * difference;
    this.#floats[slot * slotWords + intervalVarianceAt] =
      (1 - weight) * (this.#floats[slot * slotWords + intervalVarianceAt]! + weight * difference * difference);
  }

  #notePath(slot: number, path: string, now: number): void {
    const minute = Math.floor(now / (bucketMs * buckets));
    const base = slot * slotWords + pathBitsAt;
    const passed = minute - this.#doubles[slot * slotDoubles + pathMinuteAt]!;
    if (passed > 0) {
      if (passed === 1) this.#words.copyWithin(base + bitmapWords, base, base + bitmapWords);
      else this.#words.fill(0, base + bitmapWords, base + bitmapWords * 2);
      this.#words.fill(0, base, base + bitmapWords);
      this.#doubles[slot * slotDoubles + pathMinuteAt] = minute;
    }
    const bit = hash(path) % bitmapBits;
    this.#words[base + (bit >>> 5)] = this.#words[base + (bit >>> 5)]! | (1 << (bit & 31));
  }

  #noteUserAgent(slot: number, text: string): void {
    const value = hash(text);
    const base = slot * slotWords + userAgentsAt;
    const count = this.#shorts[slot * slotShorts + userAgentCountAt]!;
    for (let index = 0; index < count; index += 1) if (this.#words[base + index] === value) return;
    if (count === userAgentsMax) return;
    this.#words[base + count] = value;
    this.#shorts[slot * slotShorts + userAgentCountAt] = count + 1;
  }

  #noteReferer(slot: number, head: RequestHead): void {
    const { referer, host } = head.headers;
    if (referer === undefined || host === undefined) return;
    const at = referer.indexOf('//') + 2;
    if (at === 1 || !referer.startsWith(host, at)) return;
    const query = referer.indexOf('?', at);
    const path = referer.slice(at + host.length, query === -1 ? referer.length : query);
    if (this.#shorts[slot * slotShorts + ownReferersAt] === 0xffff) return;
    this.#shorts[slot * slotShorts + ownReferersAt] = this.#shorts[slot * slotShorts + ownReferersAt]! + 1;
    const value = hash(path === '' ? '/' : path);
    const base = slot * slotWords + pagesAt;
    for (let index = 0; index < pagesMax; index += 1) {
      if (this.#words[base + index] !== value) continue;
      this.#shorts[slot * slotShorts + knownReferersAt] = this.#shorts[slot * slotShorts + knownReferersAt]! + 1;
      return;
    }
  }

  #notePage(slot: number, path: string): void {
    const next = this.#shorts[slot * slotShorts + pageNextAt]!;
    this.#words[slot * slotWords + pagesAt + next] = hash(path);
    this.#shorts[slot * slotShorts + pageNextAt] = (next + 1) % pagesMax;
  }

  #snapshot(slot: number, now: number, isFirst: boolean): ClientWindow {
    const total = (counter: number) => this.#words[slot * slotWords + totalsAt + counter]!;
    const requests = total(counters.requests);
    const responses = total(counters.responses);
    const pauseMean = this.#floats[slot * slotWords + intervalMeanAt]!;
    const ownReferers = this.#shorts[slot * slotShorts + ownReferersAt]!;
    const isYoung = now - this.#doubles[slot * slotDoubles + firstMsAt]! < bucketMs * buckets;
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
      knownRefererShare:
        ownReferers === 0 ? Number.NaN : this.#shorts[slot * slotShorts + knownReferersAt]! / ownReferers,
      distinctUserAgents: this.#shorts[slot * slotShorts + userAgentCountAt]!,
      intervalVariation:
        this.#shorts[slot * slotShorts + intervalsAt]! < 3
          ? Number.NaN
          : pauseMean > 0
            ? Math.sqrt(this.#floats[slot * slotWords + intervalVarianceAt]!) / pauseMean
            : 0,
      ageS: (now - this.#doubles[slot * slotDoubles + firstMsAt]!) / 1_000,
    };
  }

  /** Requests of the newest bucket (0) or the one before (1). */
  #recent(slot: number, back: number): number {
    const bucket = (this.#doubles[slot * slotDoubles + newestBucketAt]! - back + buckets) % buckets;
    return this.#shorts[slot * slotShorts + countsAt + bucket * counterCount]!;
  }

  /** Linear counting: of n bits, z still zero means about -n ln(z/n) different paths. */
  #distinctPaths(slot: number): number {
    const base = slot * slotWords + pathBitsAt;
    let ones = 0;
    for (let word = 0; word < bitmapWords; word += 1) {
      ones += countOnes(this.#words[base + word]! | this.#words[base + bitmapWords + word]!);
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
