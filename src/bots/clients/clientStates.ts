import { assert } from '../../kernel/assert.ts';
import type { AddressStates } from './addressStates.ts';
import { clientPlaces, windowPlaces as places } from './clientWindow.ts';
import { countOnes, distinctTable } from './distinctCount.ts';
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
  'documentSteps',
  'typedDocuments',
] as const;
type SinceFirst = (typeof sinceFirst)[number];
/** When a counter reaches this, all of them are halved: shares stay, and what was long ago weighs less. */
const halvedAt = 0x8000;

/** Bits of the maps that estimate different paths: of this minute, of the one before, and of all the time. */
const minuteBitWords = 4;
const allBitWords = 8;
const distinctInMinute = distinctTable(minuteBitWords * 32);
const distinctOfAll = distinctTable(allBitWords * 32);
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
const known = { robots: 1, cookieSet: 2, viewed: 4, opened: 8, scriptWithoutHints: 16 } as const;

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
    if ((flags & flag.document) !== 0) this.#noteDocument(slot, flags, observations[record + word.path]!);
    if ((flags & flag.robots) !== 0) this.#setFlag(slot, known.robots);
    if ((flags & flag.scriptWithoutHints) !== 0) this.#setFlag(slot, known.scriptWithoutHints);
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

  /** Writes how the client stands, with what is known of its address, to `figures` (`windowPlaces`). */
  writeFigures(slot: number, nowMs: number, addresses: AddressStates, address: number, figures: Float64Array): void {
    const words = this.#words;
    const shorts = this.#shorts;
    const floats = this.#floats;
    const base = slot * wordsPer;
    const totals = base + totalsAt;
    const counts = slot * shortsPer;
    const requests = words[totals + counters.requests]!;
    const ageMs = Math.max(0, nowMs - this.#doubles[slot * doublesPer + firstMsAt]!);
    // The client's first request cannot carry a cookie of this site's making.
    const cookieChances = requests - (ageMs < minuteMs ? 1 : 0);
    const requestsEver = shorts[counts + at.requests]!;
    const viewSteps = shorts[counts + at.viewSteps]!;
    const bursts = shorts[counts + at.bursts]!;
    const distinctPaths60s = this.#distinctPaths60s(base + minuteBitsAt);
    addresses.writeFigures(address, nowMs, figures);
    figures[places.clientRequests60s] = requests;
    figures[places.clientRequests1h] = words[base + hourTotalAt]!;
    figures[places.documents60s] = words[totals + counters.documents]!;
    figures[places.distinctPaths60s] = distinctPaths60s;
    figures[places.distinctPathShare60s] = Math.min(1, distinctPaths60s / Math.max(1, requests));
    figures[places.distinctPaths] = this.#distinctPaths(base + allBitsAt);
    figures[places.assetShare60s] = requests === 0 ? 0 : words[totals + counters.assets]! / requests;
    figures[places.assetsPerView] = share(shorts[counts + at.assets]!, shorts[counts + at.views]!);
    figures[places.errorShare60s] = share(words[totals + counters.errors]!, words[totals + counters.answers]!);
    figures[places.errorShare] = share(shorts[counts + at.errors]!, shorts[counts + at.answers]!);
    figures[places.cookieShare60s] =
      requestsEver < 2 || cookieChances < 1
        ? Number.NaN
        : Math.min(1, words[totals + counters.cookies]! / cookieChances);
    figures[places.cookieKeptShare] = share(shorts[counts + at.cookiesReturned]!, shorts[counts + at.cookieChances]!);
    figures[places.knownRefererShare] = share(shorts[counts + at.knownReferers]!, shorts[counts + at.ownReferers]!);
    figures[places.viewsWithoutRefererShare] = share(shorts[counts + at.viewsWithoutReferer]!, viewSteps);
    figures[places.sequentialShare] = share(shorts[counts + at.numbersInRow]!, shorts[counts + at.numberPairs]!);
    figures[places.walkShare] = share(shorts[counts + at.walkSteps]!, viewSteps);
    figures[places.intervalVariation] =
      shorts[counts + at.intervals]! < 3 ? Number.NaN : variation(floats, base + intervalMeanAt);
    figures[places.burstVariation] = bursts < 3 ? Number.NaN : variation(floats, base + burstMeanAt);
    figures[places.burstPauseS] = bursts === 0 ? Number.NaN : floats[base + burstMeanAt]! / 1_000;
    figures[places.burstSize] = requestsEver / (bursts + 1);
    figures[places.headShare] = share(shorts[counts + at.heads]!, requestsEver);
    figures[places.postShare] = share(shorts[counts + at.posts]!, requestsEver);
    figures[places.optionsShare] = share(shorts[counts + at.optionRequests]!, requestsEver);
    figures[places.attributeChanges] = shorts[counts + at.attributeChanges]!;
    figures[places.typedShare] = shorts[counts + at.typedDocuments]! / (shorts[counts + at.documentSteps]! + 2);
    figures[places.scriptWithoutHints] = (words[base + flagsAt]! & known.scriptWithoutHints) === 0 ? 0 : 1;
    figures[places.robotsRead] = (words[base + flagsAt]! & known.robots) === 0 ? 0 : 1;
    figures[places.clientAgeS] = ageMs / 1_000;
  }

  /** The same of a client that is one of too many behind its address. */
  writeCrowdFigures(nowMs: number, addresses: AddressStates, address: number, figures: Float64Array): void {
    addresses.writeFigures(address, nowMs, figures);
    for (const place of clientPlaces) figures[place] = Number.NaN;
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

  #distinctPaths60s(base: number): number {
    const words = this.#words;
    let ones = 0;
    for (let index = base; index < base + minuteBitWords; index += 1) {
      ones += countOnes(words[index]! | words[index + minuteBitWords]!);
    }
    return distinctInMinute[ones]!;
  }

  #distinctPaths(base: number): number {
    const words = this.#words;
    let ones = 0;
    for (let index = base; index < base + allBitWords; index += 1) ones += countOnes(words[index]!);
    return distinctOfAll[ones]!;
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

  #noteDocument(slot: number, flags: number, path: number): void {
    this.#notePage(slot, path);
    if ((flags & flag.opened) === 0) return;
    if (this.#hasFlag(slot, known.opened)) {
      this.#bump(slot, at.documentSteps);
      if ((flags & flag.typed) !== 0) this.#bump(slot, at.typedDocuments);
    }
    this.#setFlag(slot, known.opened);
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

/** Standard deviation over mean. */
function variation(floats: Float32Array, meanAt: number): number {
  const mean = floats[meanAt]!;
  return mean > 0 ? Math.sqrt(floats[meanAt + 1]!) / mean : 0;
}

function share(part: number, whole: number): number {
  return whole === 0 ? Number.NaN : part / whole;
}
