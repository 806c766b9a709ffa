import { assert } from '../../kernel/assert.ts';
import { windowPlaces as places } from './clientWindow.ts';
import { word } from './observation.ts';
import { SlotTable } from './slotTable.ts';
import { bucketAt, bucketMs, buckets, countedMs, forgottenAfterMs, longBucketMs } from './times.ts';

const userAgentsMax = 8;
const handshakesMax = 4;
const languagesMax = 8;
/** Clients of one address that are told apart. */
export const clientsPerAddressMax = 12;
/** The fingerprint that stands for all others of an address. */
export const manyClients = 0;

/** One address lies in four cache lines. Where each thing is, in entries of its own size. */
export const addressBytes = 256;
const doublesPer = addressBytes / 8;
const wordsPer = addressBytes / 4;
const shortsPer = addressBytes / 2;
/** Float64. */
const firstMsAt = 0;
const latestMsAt = 1;
/** Uint32. */
const minuteTotalAt = 4;
const hourTotalAt = 5;
const userAgentsAt = 6;
const handshakesAt = userAgentsAt + userAgentsMax;
const languagesAt = handshakesAt + handshakesMax;
const fingerprintsAt = languagesAt + languagesMax;
const longBucketsAt = fingerprintsAt + clientsPerAddressMax;
/** Uint16. */
const bucketsAt = (longBucketsAt + buckets) * 2;
const userAgentCountAt = bucketsAt + buckets;
const handshakeCountAt = userAgentCountAt + 1;
const languageCountAt = userAgentCountAt + 2;
const fingerprintCountAt = userAgentCountAt + 3;

assert(fingerprintCountAt < shortsPer, 'a slot holds all that is known of an address');

/** Lists of different values: where the values are, where their count is, and how many there may be. */
const lists = [
  { at: userAgentsAt, countAt: userAgentCountAt, max: userAgentsMax, from: word.userAgent },
  { at: handshakesAt, countAt: handshakeCountAt, max: handshakesMax, from: word.handshake },
  { at: languagesAt, countAt: languageCountAt, max: languagesMax, from: word.language },
] as const;
const fingerprints = { at: fingerprintsAt, countAt: fingerprintCountAt, max: clientsPerAddressMax } as const;

/** What tells by address, whoever sits behind it: how much comes from there, and how many different things it claims to be. */
export class AddressStates {
  readonly table: SlotTable;
  readonly slotBytes = addressBytes;
  readonly bytes: Uint8Array;
  readonly #doubles: Float64Array;
  readonly #words: Uint32Array;
  readonly #shorts: Uint16Array;

  constructor(slotsMax: number, seed: number) {
    this.table = new SlotTable(slotsMax, seed);
    const memory = new ArrayBuffer(slotsMax * addressBytes);
    this.bytes = new Uint8Array(memory);
    this.#doubles = new Float64Array(memory);
    this.#words = new Uint32Array(memory);
    this.#shorts = new Uint16Array(memory);
  }

  /** The address's slot, a fresh one if it is not known. */
  slotOf(high: number, low: number, nowMs: number): number {
    const known = this.table.find(high, low, 0, true);
    if (known !== -1 && nowMs - this.#doubles[known * doublesPer + latestMsAt]! < forgottenAfterMs) return known;
    const slot = known !== -1 ? known : this.table.take(high, low, 0);
    this.#words.fill(0, slot * wordsPer, (slot + 1) * wordsPer);
    this.#doubles[slot * doublesPer + firstMsAt] = nowMs;
    this.#doubles[slot * doublesPer + latestMsAt] = nowMs;
    return slot;
  }

  /** Counts a request; `record` is where its observation begins in `observations`. */
  note(slot: number, atMs: number, observations: Uint32Array, record: number): void {
    const now = countedMs(atMs, this.#doubles[slot * doublesPer + latestMsAt]!);
    this.#advance(slot, now);
    const latest = this.#doubles[slot * doublesPer + latestMsAt]!;
    const bucket = bucketAt(now, latest, bucketMs);
    const short = slot * shortsPer + bucketsAt + bucket;
    if (bucket !== -1 && this.#shorts[short] !== 0xffff) {
      this.#shorts[short] = this.#shorts[short]! + 1;
      this.#add(slot, minuteTotalAt, 1);
    }
    const long = bucketAt(now, latest, longBucketMs);
    if (long !== -1) {
      this.#add(slot, longBucketsAt + long, 1);
      this.#add(slot, hourTotalAt, 1);
    }
    for (const list of lists) this.#list(slot, list, observations[record + list.from]!);
  }

  /** The fingerprint under which a client of this address is known: its own, or the one of the many. */
  clientOf(slot: number, fingerprint: number): number {
    return this.#list(slot, fingerprints, fingerprint) ? fingerprint : manyClients;
  }

  /** Writes what a window tells of the address to `figures` (`windowPlaces`). */
  writeFigures(slot: number, nowMs: number, figures: Float64Array): void {
    const words = this.#words;
    const shorts = this.#shorts;
    const newest = Math.floor(this.#doubles[slot * doublesPer + latestMsAt]! / bucketMs);
    const counts = slot * shortsPer;
    const minute = counts + bucketsAt;
    const handshakes = shorts[counts + handshakeCountAt]!;
    figures[places.requests10s] =
      shorts[minute + (newest % buckets)]! + shorts[minute + ((newest + buckets - 1) % buckets)]!;
    figures[places.requests60s] = words[slot * wordsPer + minuteTotalAt]!;
    figures[places.requests1h] = words[slot * wordsPer + hourTotalAt]!;
    figures[places.distinctUserAgents] = shorts[counts + userAgentCountAt]!;
    figures[places.distinctHandshakes] = handshakes === 0 ? Number.NaN : handshakes;
    figures[places.distinctLanguages] = shorts[counts + languageCountAt]!;
    figures[places.ageS] = Math.max(0, nowMs - this.#doubles[slot * doublesPer + firstMsAt]!) / 1_000;
  }

  firstMs(slot: number): number {
    return this.#doubles[slot * doublesPer + firstMsAt]!;
  }

  latestMs(slot: number): number {
    return this.#doubles[slot * doublesPer + latestMsAt]!;
  }

  /** After a slot was written from outside: no place in it points beyond it, whatever stands there. */
  mend(slot: number, nowMs: number): void {
    for (const { countAt, max } of [...lists, fingerprints]) {
      const at = slot * shortsPer + countAt;
      this.#shorts[at] = Math.min(this.#shorts[at]!, max);
    }
    for (const at of [firstMsAt, latestMsAt]) {
      const value = this.#doubles[slot * doublesPer + at]!;
      if (!(value >= 0 && value <= nowMs)) this.#doubles[slot * doublesPer + at] = nowMs;
    }
  }

  /** Empties the buckets that time has passed over. */
  #advance(slot: number, now: number): void {
    const latest = this.#doubles[slot * doublesPer + latestMsAt]!;
    if (now <= latest) return;
    const bucket = Math.floor(now / bucketMs);
    const steps = Math.min(buckets, bucket - Math.floor(latest / bucketMs));
    for (let step = 0; step < steps; step += 1) {
      const short = slot * shortsPer + bucketsAt + ((bucket - step) % buckets);
      this.#add(slot, minuteTotalAt, -this.#shorts[short]!);
      this.#shorts[short] = 0;
    }
    const long = Math.floor(now / longBucketMs);
    const longSteps = Math.min(buckets, long - Math.floor(latest / longBucketMs));
    for (let step = 0; step < longSteps; step += 1) {
      const at = longBucketsAt + ((long - step) % buckets);
      this.#add(slot, hourTotalAt, -this.#words[slot * wordsPer + at]!);
      this.#words[slot * wordsPer + at] = 0;
    }
    this.#doubles[slot * doublesPer + latestMsAt] = now;
  }

  #add(slot: number, at: number, count: number): void {
    this.#words[slot * wordsPer + at] = this.#words[slot * wordsPer + at]! + count;
  }

  /** Whether the value is in the list, or found room in it. 0 is no value. */
  #list(
    slot: number,
    { at, countAt, max }: { readonly at: number; readonly countAt: number; readonly max: number },
    value: number,
  ): boolean {
    if (value === 0) return false;
    const base = slot * wordsPer + at;
    const count = this.#shorts[slot * shortsPer + countAt]!;
    for (let index = 0; index < count; index += 1) if (this.#words[base + index] === value) return true;
    if (count === max) return false;
    this.#words[base + count] = value;
    this.#shorts[slot * shortsPer + countAt] = count + 1;
    return true;
  }
}
