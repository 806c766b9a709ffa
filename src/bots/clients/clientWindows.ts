import type { RequestHead } from '../../http/requestHead.ts';
import { type Destination, destinationOfHead } from '../facts/destination.ts';
import { botLimits } from '../facts/limits.ts';
import { AddressStates, manyClients } from './addressStates.ts';
import { ClientStates } from './clientStates.ts';
import { ClientWindow } from './clientWindow.ts';
import {
  answerFlags,
  flag,
  ObservationBatch,
  observationBytes,
  observationDoubles,
  observationWords,
  word,
} from './observation.ts';
import { forgottenAfterMs } from './times.ts';

/** In the order in which a new worker is told of them. */
export type StateKind = 'addresses' | 'clients';
/** Before each packed state: the three words of its key, and one of nothing, so that doubles stay aligned. */
const stateKeyBytes = 16;

/** How a request was answered, as far as it tells something about the client. */
export interface AnswerSeen {
  readonly status: number;
  readonly setsCookie?: boolean;
}

/** Of a request that no client was found for. */
export const noSeat = -1;

export interface ClientWindowsOptions {
  /** Clients, and as many addresses. */
  readonly clientsMax?: number;
  /** Whether somebody takes the observations to other workers. */
  readonly isShared?: boolean;
  /** Keeps strangers from choosing addresses that stand in each other's way; need not be the same in all workers. */
  readonly seed?: number;
}

/**
 * What each client did lately, for a bounded number of clients, at constant cost per request. All memory is reserved at
 * the start, and a page of it taken when a client comes that needs it. When there is no room for a new client, one goes
 * that was met seldom of late. Time is what the caller says.
 *
 * A request is first packed into an observation, and only that is counted. So the workers of an edge tell each other what
 * they saw (`takeObservations`, `countAll`) and all know the same. One instance per worker.
 */
export class ClientWindows {
  readonly #addresses: AddressStates;
  readonly #clients: ClientStates;
  /** Observations that nobody has taken yet, and room for one more. */
  readonly #own: ObservationBatch;
  readonly #passing = new ClientWindow();
  /** Slots of what was counted last. */
  #address = 0;
  #client = 0;
  #isCrowd = false;
  #kept = 0;
  #lost = 0;
  /** Whether somebody takes the observations to other workers; else none is kept. */
  isShared: boolean;
  /** Called when there is something to be taken again. */
  onFirstKept: (() => void) | undefined;

  constructor(options: ClientWindowsOptions = {}) {
    const { clientsMax = botLimits.clientsMax, isShared = false, seed = 1 } = options;
    this.#addresses = new AddressStates(clientsMax, seed);
    this.#clients = new ClientStates(clientsMax, seed);
    this.isShared = isShared;
    this.#own = new ObservationBatch(botLimits.observationsKeptMax + 1);
  }

  /** Clients known now; never more than `clientsMax`. */
  get size(): number {
    return this.#clients.table.size;
  }

  /** Own observations that the other workers will not hear of, because nobody took the ones before in time. */
  get lost(): number {
    return this.#lost;
  }

  /** Counts the request and says how its client stands, this request included. `nowMs`: the monotonic clock. */
  observe(head: RequestHead, nowMs: number): ClientWindow {
    return this.#observe(head, nowMs, destinationOfHead(head), new ClientWindow());
  }

  /** The same for who looks at the window at once and knows what the request is for: the next one is written over it. */
  observeForNow(head: RequestHead, nowMs: number, destination: Destination): ClientWindow {
    return this.#observe(head, nowMs, destination, this.#passing);
  }

  #observe(head: RequestHead, nowMs: number, destination: Destination, window: ClientWindow): ClientWindow {
    const atMs = Math.max(0, nowMs) || 0;
    this.#own.putRequest(this.#kept, head, destination, atMs);
    const client = this.#countRequest(atMs, this.#own.words, this.#kept * observationWords);
    this.#keep();
    if (this.#isCrowd) this.#clients.writeCrowdFigures(atMs, this.#addresses, this.#address, window.figures);
    else this.#clients.writeFigures(client, atMs, this.#addresses, this.#address, window.figures);
    return window;
  }

  /** Where the client of the last request is, for `recordAnswer`: good until a slot changes hands. */
  get seat(): number {
    return this.#clients.table.evictions * this.#clients.table.slotsMax + this.#client;
  }

  /**
   * Counts how a request of this client was answered. A client that is no longer known is left out. `seat`: what `seat` was
   * behind the request; it spares looking for the client again where nobody else has to be told.
   */
  recordAnswer(head: RequestHead, { status, setsCookie = false }: AnswerSeen, nowMs: number, seat = noSeat): void {
    const atMs = Math.max(0, nowMs) || 0;
    const { evictions, slotsMax } = this.#clients.table;
    const client = seat - evictions * slotsMax;
    if (!this.isShared && client >= 0 && client < slotsMax) {
      this.#clients.noteAnswer(client, atMs, answerFlags(status, setsCookie));
      return;
    }
    this.#own.putAnswer(this.#kept, head, status, setsCookie, atMs);
    this.#countAnswer(atMs, this.#own.words, this.#kept * observationWords);
    this.#keep();
  }

  /** What was seen here since the last call, packed; undefined when it is nothing. A copy. */
  takeObservations(): Uint8Array | undefined {
    if (this.#kept === 0) return undefined;
    const bytes = this.#own.bytes.slice(0, this.#kept * observationBytes);
    this.#kept = 0;
    return bytes;
  }

  /**
   * Counts what other workers saw: the first `count` of a batch. Any bytes do no harm; observations whose time is not
   * near `nowMs` are left out. How many were counted.
   */
  countAll({ doubles, words }: ObservationBatch, count: number, nowMs: number): number {
    let counted = 0;
    for (let index = 0; index < count; index += 1) {
      const atMs = doubles[index * observationDoubles]!;
      if (!(Math.abs(atMs - nowMs) <= botLimits.observationAgeMsMax)) continue;
      const record = index * observationWords;
      if ((words[record + word.flags]! & flag.answer) === 0) this.#countRequest(atMs, words, record);
      else this.#countAnswer(atMs, words, record);
      counted += 1;
    }
    return counted;
  }

  /**
   * What is known of some addresses or clients, for a worker that knows nothing yet: of `slots` slots from `from` on, those
   * that were met in the last hour. `next` is where to go on; -1: that was the end.
   */
  pack(
    kind: StateKind,
    from: number,
    slots: number,
    nowMs: number,
  ): { readonly bytes: Uint8Array; readonly next: number } {
    const states = this.#states(kind);
    const end = Math.min(from + slots, states.table.size);
    const recordBytes = stateKeyBytes + states.slotBytes;
    const bytes = new Uint8Array((end - from) * recordBytes);
    const words = new Uint32Array(bytes.buffer);
    let at = 0;
    for (let slot = from; slot < end; slot += 1) {
      if (nowMs - states.latestMs(slot) >= forgottenAfterMs) continue;
      for (const part of [0, 1, 2] as const) words[at / 4 + part] = states.table.key(slot, part);
      bytes.set(states.bytes.subarray(slot * states.slotBytes, (slot + 1) * states.slotBytes), at + stateKeyBytes);
      at += recordBytes;
    }
    return { bytes: bytes.subarray(0, at), next: end === states.table.size ? -1 : end };
  }

  /**
   * Takes over what another worker packed, where it knows more than this one. Any bytes do no harm. How many were taken over;
   * undefined when it is no whole number of them.
   */
  adopt(kind: StateKind, bytes: Uint8Array<ArrayBuffer>, nowMs: number): number | undefined {
    const states = this.#states(kind);
    const recordBytes = stateKeyBytes + states.slotBytes;
    if (bytes.length % recordBytes !== 0) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let adopted = 0;
    for (let at = 0; at < bytes.length; at += recordBytes) {
      const [high, low] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      const third = kind === 'clients' ? view.getUint32(at + 8, true) : 0;
      const known = states.table.find(high, low, third, false);
      if (known !== -1 && !(view.getFloat64(at + stateKeyBytes, true) < states.firstMs(known))) continue;
      const slot = known === -1 ? states.table.take(high, low, third) : known;
      states.bytes.set(bytes.subarray(at + stateKeyBytes, at + recordBytes), slot * states.slotBytes);
      states.mend(slot, nowMs);
      adopted += 1;
    }
    return adopted;
  }

  #states(kind: StateKind): AddressStates | ClientStates {
    return kind === 'clients' ? this.#clients : this.#addresses;
  }

  /** The client's slot; the address's is in `#address`. */
  #countRequest(atMs: number, words: Uint32Array, record: number): number {
    const high = words[record + word.high]!;
    const low = words[record + word.low]!;
    const address = this.#addresses.slotOf(high, low, atMs);
    this.#addresses.note(address, atMs, words, record);
    const fingerprint = this.#addresses.clientOf(address, words[record + word.fingerprint]!);
    const client = this.#clients.slotOf(high, low, fingerprint, atMs);
    this.#clients.noteRequest(client, atMs, words, record);
    this.#address = address;
    this.#client = client;
    this.#isCrowd = fingerprint === manyClients;
    return client;
  }

  #countAnswer(atMs: number, words: Uint32Array, record: number): void {
    const high = words[record + word.high]!;
    const low = words[record + word.low]!;
    const address = this.#addresses.table.find(high, low, 0, false);
    if (address === -1) return;
    const fingerprint = this.#addresses.clientOf(address, words[record + word.fingerprint]!);
    const client = this.#clients.table.find(high, low, fingerprint, false);
    if (client !== -1) this.#clients.noteAnswer(client, atMs, words[record + word.flags]!);
  }

  /** The observation just written stays for the others, if there is room. */
  #keep(): void {
    if (!this.isShared) return;
    if (this.#kept === botLimits.observationsKeptMax) this.#lost += 1;
    else if (this.#kept++ === 0) this.onFirstKept?.();
  }
}
