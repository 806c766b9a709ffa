import { assert } from '../../kernel/assert.ts';
import type { ClientWindow } from '../clientWindow.ts';
import type { AddressStates } from './addressStates.ts';
import { countOnes, distinctOf } from './distinctCount.ts';
import { flag, word } from './observation.ts';
import { SlotTable } from './slotTable.ts';
import { bucketAt, bucketMs, buckets, countedMs, forgottenAfterMs, longBucketMs, minuteMs } from './times.ts';

/** Counted per bucket of the minute. */
const counters = { requests: 0, documents: 1, assets: 2, cookies: 3, answers: 4, errors: 5 } as const;
const counterCount = 6;

/** Counted since the client is known. `views` are all requests but assets. */
const sinceFirst = [
  'requests',
  'views',
  'assets',
  'answers',
  'errors',
  'heads',
  'posts',
  'optionRequests',
  'ownReferers',
  'knownReferers',
  'viewsWithoutReferer',
  'cookieChances',
  'cookiesReturned',
  'numberPairs',
  'numbersInRow',
  'viewSteps',
  'walkSteps',
  'attributeChanges',
  'intervals',
  'bursts',
] as const;
type SinceFirst = (typeof sinceFirst)[number];
/** When a counter reaches this, all of them are halved: shares stay, and what was long ago weighs less. */
const halvedAt = 0x8000;

/** Bits of the maps that estimate different paths: of this minute, of the one before, and of all the time. */
const minuteBitWords = 4;
const allBitWords = 8;
const pagesMax = 16;
/** Requests that follow each other faster are one burst: a page and what it brings along. */
const burstGapMs = 250;
const methodCounters: readonly (SinceFirst | undefined)[] = [undefined, 'heads', 'posts', 'optionRequests'];

/** One client lies in eight cache lines. Where each thing is, in entries of its own size. */
export const clientBytes = 512;
const doublesPer = clientBytes / 8;
const wordsPer = clientBytes / 4;
const shortsPer = clientBytes / 2;
/** Float64. `latest` is of any event, the others of requests. */
const firstMsAt = 0;
const latestMsAt = 1;
const lastMsAt = 2;
const burstMsAt = 3;
/** Float32. */
const intervalMeanAt = 8;
const intervalVarianceAt = 9;
const burstMeanAt = 10;
const burstVarianceAt = 11;
/** Uint32. */
const totalsAt = 12;
const minuteBitsAt = totalsAt + counterCount;
const allBitsAt = minuteBitsAt + minuteBitWords * 2;
const pagesAt = allBitsAt + allBitWords;
const pathMinuteAt = pagesAt + pagesMax;
const hourTotalAt = pathMinuteAt + 1;
const languageAt = pathMinuteAt + 2;
const platformAt = pathMinuteAt + 3;
const nodeAt = pathMinuteAt + 4;
const parentAt = pathMinuteAt + 5;
const shapeAt = pathMinuteAt + 6;
const numberAt = pathMinuteAt + 7;
const flagsAt = pathMinuteAt + 8;
/** Uint16. */
const countsAt = (pathMinuteAt + 9) * 2;
const longBucketsAt = countsAt + buckets * counterCount;
const sinceFirstAt = longBucketsAt + buckets;
const pageNextAt = sinceFirstAt + sinceFirst.length;

assert(pageNextAt < shortsPer, 'a slot holds all that is known of a client');

const at = Object.fromEntries(sinceFirst.map((name, index) => [name, sinceFirstAt + index])) as Record<
  SinceFirst,
  number
>;
const known = { robots: 1, cookieSet: 2, viewed: 4 } as const;

/** What one client behind an address did: one user agent with one TLS stack. */
export class ClientStates {
  readonly table: SlotTable;
  readonly slotBytes = clientBytes;
  readonly bytes: Uint8Array;
  /** The slots, seen as numbers of each size. */
  readonly #doubles: Float64Array;
  readonly #floats: Float32Array;
  readonly #words: Uint32Array;
  readonly #shorts: Uint16Array;

  constructor(slotsMax: number, seed: number) {
    this.table = new SlotTable(slotsMax, seed);
    const memory = new ArrayBuffer(slotsMax * clientBytes);
    this.bytes = new Uint8Array(memory);
    this.#doubles = new Float64Array(memory);
    this.#floats = new Float32Array(memory);
    this.#words = new Uint32Array(memory);
    this.#shorts = new Uint16Array(memory);
  }

  /** The client's slot, a fresh one if it is not known. */
  slotOf(high: number, low: number, fingerprint: number, nowMs: number): number {
    const met = this.table.find(high, low, fingerprint, true);
    if (met !== -1 && nowMs - this.#doubles[met * doublesPer + latestMsAt]! < forgottenAfterMs) return met;
    const slot = met !== -1 ? met : this.table.take(high, low, fingerprint);
    this.#words.fill(0, slot * wordsPer, (slot + 1) * wordsPer);
    for (const time of [firstMsAt, latestMsAt, lastMsAt, burstMsAt]) this.#doubles[slot * doublesPer + time] = nowMs;
    this.#words[slot * wordsPer + pathMinuteAt] = Math.floor(nowMs / minuteMs);
    return slot;
  }

  /** Counts a request; `record` is where its observation begins in `observations`. */
  noteRequest(slot: number, atMs: number, observations: Uint32Array, record: number): void {
    const flags = observations[record + word.flags]!;
    const now = countedMs(atMs, this.#doubles[slot * doublesPer + latestMsAt]!);
    this.#advance(slot, now);
    this.#noteTime(slot, now);
    this.#count(slot, now, counters.requests);
    if ((flags & flag.document) !== 0) this.#count(slot, now, counters.documents);
    if ((flags & flag.asset) !== 0) this.#count(slot, now, counters.assets);
    if ((flags & flag.cookie) !== 0) this.#count(slot, now, counters.cookies);
    this.#noteHour(slot, now);
    this.#bump(slot, at.requests);
    this.#noteCookie(slot, (flags & flag.cookie) !== 0);
    const method = methodCounters[(flags >>> 8) & 15];
    if (method !== undefined) this.#bump(slot, at[method]);
    this.#notePath(slot, observations[record + word.path]!, now);
    this.#noteReferer(slot, observations[record + word.referer]!);
    this.#noteAttribute(slot, languageAt, observations[record + word.language]!);
    this.#noteAttribute(slot, platformAt, observations[record + word.platform]!);
    if ((flags & flag.asset) !== 0) this.#bump(slot, at.assets);
    else this.#noteView(slot, flags, observations, record);
    if ((flags & flag.document) !== 0) this.#notePage(slot, observations[record + word.path]!);
    if ((flags & flag.robots) !== 0) this.#setFlag(slot, known.robots);
    if (now > this.#doubles[slot * doublesPer + lastMsAt]!) this.#doubles[slot * doublesPer + lastMsAt] = now;
  }

  noteAnswer(slot: number, atMs: number, flags: number): void {
    const now = countedMs(atMs, this.#doubles[slot * doublesPer + latestMsAt]!);
    this.#advance(slot, now);
    this.#count(slot, now, counters.answers);
    this.#bump(slot, at.answers);
    if ((flags & flag.setsCookie) !== 0) this.#setFlag(slot, known.cookieSet);
    if (flags >>> 16 < 400) return;
    this.#count(slot, now, counters.errors);
    this.#bump(slot, at.errors);
  }

  firstMs(slot: number): number {
    return this.#doubles[slot * doublesPer + firstMsAt]!;
  }

  latestMs(slot: number): number {
    return this.#doubles[slot * doublesPer + latestMsAt]!;
  }

  /** After a slot was written from outside: no place in it points beyond it, whatever stands there. */
  mend(slot: number, nowMs: number): void {
    const page = slot * shortsPer + pageNextAt;
    this.#shorts[page] = this.#shorts[page]! % pagesMax;
    for (const time of [firstMsAt, latestMsAt, lastMsAt, burstMsAt]) {
      const value = this.#doubles[slot * doublesPer + time]!;
      if (!(value >= 0 && value <= nowMs)) this.#doubles[slot * doublesPer + time] = nowMs;
    }
    for (const float of [intervalMeanAt, intervalVarianceAt, burstMeanAt, burstVarianceAt]) {
      if (!Number.isFinite(this.#floats[slot * wordsPer + float])) this.#floats[slot * wordsPer + float] = 0;
    }
  }

  /** How the client stands, with what is known of its address. */
  snapshot(slot: number, nowMs: number, addresses: AddressStates, address: number): ClientWindow {
    const total = (counter: number) => this.#words[slot * wordsPer + totalsAt + counter]!;
    const count = (counterAt: number) => this.#shorts[slot * shortsPer + counterAt]!;
    const requests = total(counters.requests);
    const ageMs = Math.max(0, nowMs - this.#doubles[slot * doublesPer + firstMsAt]!);
    // The client's first request cannot carry a cookie of this site's making.
    const cookieChances = requests - (ageMs < minuteMs ? 1 : 0);
    const requestsEver = count(at.requests);
    const views = count(at.views);
    const viewSteps = count(at.viewSteps);
    const bursts = count(at.bursts);
    return {
      requests10s: addresses.requests10s(address),
      requests60s: addresses.requests60s(address),
      requests1h: addresses.requests1h(address),
      clientRequests60s: requests,
      clientRequests1h: this.#words[slot * wordsPer + hourTotalAt]!,
      documents60s: total(counters.documents),
      distinctPaths60s: this.#distinctPaths60s(slot),
      distinctPaths: this.#distinctPaths(slot),
      assetShare60s: requests === 0 ? 0 : total(counters.assets) / requests,
      assetsPerView: share(count(at.assets), views),
      errorShare60s: share(total(counters.errors), total(counters.answers)),
      errorShare: share(count(at.errors), count(at.answers)),
      cookieShare60s:
        requestsEver < 2 || cookieChances < 1 ? Number.NaN : Math.min(1, total(counters.cookies) / cookieChances),
      cookieKeptShare: share(count(at.cookiesReturned), count(at.cookieChances)),
      knownRefererShare: share(count(at.knownReferers), count(at.ownReferers)),
      viewsWithoutRefererShare: share(count(at.viewsWithoutReferer), viewSteps),
      sequentialShare: share(count(at.numbersInRow), count(at.numberPairs)),
      walkShare: share(count(at.walkSteps), viewSteps),
      intervalVariation: this.#variation(slot, intervalMeanAt, count(at.intervals) < 3),
      burstVariation: this.#variation(slot, burstMeanAt, bursts < 3),
      burstPauseS: bursts === 0 ? Number.NaN : this.#floats[slot * wordsPer + burstMeanAt]! / 1_000,
      burstSize: requestsEver / (bursts + 1),
      headShare: share(count(at.heads), requestsEver),
      postShare: share(count(at.posts), requestsEver),
      optionsShare: share(count(at.optionRequests), requestsEver),
      attributeChanges: count(at.attributeChanges),
      distinctUserAgents: addresses.distinctUserAgents(address),
      distinctHandshakes: addresses.distinctHandshakes(address),
      distinctLanguages: addresses.distinctLanguages(address),
      hasReadRobots: this.#hasFlag(slot, known.robots),
      ageS: addresses.ageMs(address, nowMs) / 1_000,
      clientAgeS: ageMs / 1_000,
    };
  }

  /** Empties the buckets that time has passed over. */
  #advance(slot: number, now: number): void {
    const latest = this.#doubles[slot * doublesPer + latestMsAt]!;
    if (now <= latest) return;
    this.#doubles[slot * doublesPer + latestMsAt] = now;
    const bucket = Math.floor(now / bucketMs);
    const steps = Math.min(buckets, bucket - Math.floor(latest / bucketMs));
    for (let step = 0; step < steps; step += 1) {
      const base = slot * shortsPer + countsAt + ((bucket - step) % buckets) * counterCount;
      for (let counter = 0; counter < counterCount; counter += 1) {
        const total = slot * wordsPer + totalsAt + counter;
        this.#words[total] = this.#words[total]! - this.#shorts[base + counter]!;
        this.#shorts[base + counter] = 0;
      }
    }
    const long = Math.floor(now / longBucketMs);
    const longSteps = Math.min(buckets, long - Math.floor(latest / longBucketMs));
    for (let step = 0; step < longSteps; step += 1) {
      const short = slot * shortsPer + longBucketsAt + ((long - step) % buckets);
      const total = slot * wordsPer + hourTotalAt;
      this.#words[total] = this.#words[total]! - this.#shorts[short]!;
      this.#shorts[short] = 0;
    }
  }

  #count(slot: number, now: number, counter: number): void {
    const bucket = bucketAt(now, this.#doubles[slot * doublesPer + latestMsAt]!, bucketMs);
    const index = slot * shortsPer + countsAt + bucket * counterCount + counter;
    if (bucket === -1 || this.#shorts[index] === 0xffff) return;
    this.#shorts[index] = this.#shorts[index]! + 1;
    const total = slot * wordsPer + totalsAt + counter;
    this.#words[total] = this.#words[total]! + 1;
  }

  #noteHour(slot: number, now: number): void {
    const bucket = bucketAt(now, this.#doubles[slot * doublesPer + latestMsAt]!, longBucketMs);
    const index = slot * shortsPer + longBucketsAt + bucket;
    if (bucket === -1 || this.#shorts[index] === 0xffff) return;
    this.#shorts[index] = this.#shorts[index]! + 1;
    this.#words[slot * wordsPer + hourTotalAt] = this.#words[slot * wordsPer + hourTotalAt]! + 1;
  }

  #bump(slot: number, counterAt: number): void {
    const index = slot * shortsPer + counterAt;
    const count = this.#shorts[index]! + 1;
    this.#shorts[index] = count;
    if (count < halvedAt) return;
    for (let counter = 0; counter < sinceFirst.length; counter += 1) {
      const each = slot * shortsPer + sinceFirstAt + counter;
      this.#shorts[each] = this.#shorts[each]! >>> 1;
    }
  }

  #setFlag(slot: number, value: number): void {
    this.#words[slot * wordsPer + flagsAt] = this.#words[slot * wordsPer + flagsAt]! | value;
  }

  #hasFlag(slot: number, value: number): boolean {
    return (this.#words[slot * wordsPer + flagsAt]! & value) !== 0;
  }

  /** Pauses between requests, and between bursts of them: those do not depend on the order within a burst. */
  #noteTime(slot: number, now: number): void {
    if (this.#shorts[slot * shortsPer + at.requests] === 0) return;
    const pauseMs = Math.max(0, now - this.#doubles[slot * doublesPer + lastMsAt]!);
    this.#bump(slot, at.intervals);
    this.#weigh(slot, intervalMeanAt, pauseMs, this.#shorts[slot * shortsPer + at.intervals]!);
    if (pauseMs <= burstGapMs) return;
    this.#bump(slot, at.bursts);
    const sinceBurstMs = now - this.#doubles[slot * doublesPer + burstMsAt]!;
    this.#weigh(slot, burstMeanAt, sinceBurstMs, this.#shorts[slot * shortsPer + at.bursts]!);
    this.#doubles[slot * doublesPer + burstMsAt] = now;
  }

  /** Exponentially weighted mean, and variance behind it; a new value weighs a quarter at least. */
  #weigh(slot: number, meanAt: number, value: number, seen: number): void {
    const mean = slot * wordsPer + meanAt;
    if (seen <= 1) {
      this.#floats[mean] = value;
      this.#floats[mean + 1] = 0;
      return;
    }
    const weight = Math.max(0.25, 1 / seen);
    const difference = value - this.#floats[mean]!;
    this.#floats[mean] = this.#floats[mean]! + weight * difference;
    this.#floats[mean + 1] = (1 - weight) * (this.#floats[mean + 1]! + weight * difference * difference);
  }

  #variation(slot: number, meanAt: number, isTooEarly: boolean): number {
    if (isTooEarly) return Number.NaN;
    const mean = this.#floats[slot * wordsPer + meanAt]!;
    return mean > 0 ? Math.sqrt(this.#floats[slot * wordsPer + meanAt + 1]!) / mean : 0;
  }

  #noteCookie(slot: number, isReturned: boolean): void {
    if (!this.#hasFlag(slot, known.cookieSet)) return;
    this.#bump(slot, at.cookieChances);
    if (isReturned) this.#bump(slot, at.cookiesReturned);
  }

  #notePath(slot: number, path: number, now: number): void {
    const minute = Math.floor(now / minuteMs);
    const base = slot * wordsPer + minuteBitsAt;
    const passed = minute - this.#words[slot * wordsPer + pathMinuteAt]!;
    if (passed > 0) {
      if (passed === 1) this.#words.copyWithin(base + minuteBitWords, base, base + minuteBitWords);
      else this.#words.fill(0, base + minuteBitWords, base + minuteBitWords * 2);
      this.#words.fill(0, base, base + minuteBitWords);
      this.#words[slot * wordsPer + pathMinuteAt] = minute;
    }
    this.#setBit(base + (passed === -1 ? minuteBitWords : 0), path % (minuteBitWords * 32));
    this.#setBit(slot * wordsPer + allBitsAt, path % (allBitWords * 32));
  }

  #setBit(base: number, bit: number): void {
    this.#words[base + (bit >>> 5)] = this.#words[base + (bit >>> 5)]! | (1 << (bit & 31));
  }

  #distinctPaths60s(slot: number): number {
    const base = slot * wordsPer + minuteBitsAt;
    let ones = 0;
    for (let index = 0; index < minuteBitWords; index += 1) {
      ones += countOnes(this.#words[base + index]! | this.#words[base + minuteBitWords + index]!);
    }
    return distinctOf(ones, minuteBitWords * 32);
  }

  #distinctPaths(slot: number): number {
    const base = slot * wordsPer + allBitsAt;
    let ones = 0;
    for (let index = 0; index < allBitWords; index += 1) ones += countOnes(this.#words[base + index]!);
    return distinctOf(ones, allBitWords * 32);
  }

  #noteReferer(slot: number, referer: number): void {
    if (referer === 0) return;
    this.#bump(slot, at.ownReferers);
    const base = slot * wordsPer + pagesAt;
    for (let index = 0; index < pagesMax; index += 1) {
      if (this.#words[base + index] !== referer) continue;
      this.#bump(slot, at.knownReferers);
      return;
    }
  }

  #notePage(slot: number, path: number): void {
    const next = this.#shorts[slot * shortsPer + pageNextAt]!;
    this.#words[slot * wordsPer + pagesAt + next] = path;
    this.#shorts[slot * shortsPer + pageNextAt] = (next + 1) % pagesMax;
  }

  /** What a client says of itself under one user agent and then says otherwise. Where it says nothing, nothing changes. */
  #noteAttribute(slot: number, attributeAt: number, value: number): void {
    const before = this.#words[slot * wordsPer + attributeAt]!;
    if (value === 0 || value === before) return;
    this.#words[slot * wordsPer + attributeAt] = value;
    if (before !== 0) this.#bump(slot, at.attributeChanges);
  }

  /** How one view follows the one before. */
  #noteView(slot: number, flags: number, observations: Uint32Array, record: number): void {
    const words = this.#words;
    const base = slot * wordsPer;
    const node = observations[record + word.node]!;
    const parent = observations[record + word.parent]!;
    this.#bump(slot, at.views);
    if (this.#hasFlag(slot, known.viewed)) {
      this.#bump(slot, at.viewSteps);
      if ((flags & flag.hasReferer) === 0) this.#bump(slot, at.viewsWithoutReferer);
      // Down into what was just seen, or on to what lies beside it: the steps of a walk, depth first.
      const before = words[base + nodeAt]!;
      if (node !== before && (parent === before || parent === words[base + parentAt])) this.#bump(slot, at.walkSteps);
    }
    this.#setFlag(slot, known.viewed);
    words[base + nodeAt] = node;
    words[base + parentAt] = parent;
    const number = observations[record + word.number]!;
    const shape = observations[record + word.shape]!;
    if (number === 0) return;
    if (words[base + shapeAt] === shape) {
      this.#bump(slot, at.numberPairs);
      if (Math.abs(number - words[base + numberAt]!) === 1) this.#bump(slot, at.numbersInRow);
    }
    words[base + shapeAt] = shape;
    words[base + numberAt] = number;
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? Number.NaN : part / whole;
}
