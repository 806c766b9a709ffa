import type { RequestHead } from '../http/requestHead.ts';
import { AddressStates } from './clients/addressStates.ts';
import { ClientStates } from './clients/clientStates.ts';
import {
  flag,
  ObservationBatch,
  observationBytes,
  observationDoubles,
  observationWords,
  word,
} from './clients/observation.ts';
import type { ClientWindow } from './clientWindow.ts';
import { botLimits } from './limits.ts';

/** How a request was answered, as far as it tells something about the client. */
export interface AnswerSeen {
  readonly status: number;
  readonly setsCookie?: boolean;
}

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
  readonly #keptMax: number;
  #kept = 0;
  #lost = 0;

  constructor(options: ClientWindowsOptions = {}) {
    const { clientsMax = botLimits.clientsMax, isShared = false, seed = 1 } = options;
    this.#addresses = new AddressStates(clientsMax, seed);
    this.#clients = new ClientStates(clientsMax, seed);
    this.#keptMax = isShared ? botLimits.observationsKeptMax : 0;
    this.#own = new ObservationBatch(this.#keptMax + 1);
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
    const atMs = Math.max(0, nowMs) || 0;
    this.#own.putRequest(this.#kept, head, atMs);
    const { address, client } = this.#countRequest(atMs, this.#own.words, this.#kept * observationWords);
    this.#keep();
    return this.#clients.snapshot(client, atMs, this.#addresses, address);
  }

  /** Counts how a request of this client was answered. A client that is no longer known is left out. */
  recordAnswer(head: RequestHead, { status, setsCookie = false }: AnswerSeen, nowMs: number): void {
    const atMs = Math.max(0, nowMs) || 0;
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

  #countRequest(atMs: number, words: Uint32Array, record: number): { address: number; client: number } {
    const high = words[record + word.high]!;
    const low = words[record + word.low]!;
    const address = this.#addresses.slotOf(high, low, atMs);
    this.#addresses.note(address, atMs, words, record);
    const fingerprint = this.#addresses.clientOf(address, words[record + word.fingerprint]!);
    const client = this.#clients.slotOf(high, low, fingerprint, atMs);
    this.#clients.noteRequest(client, atMs, words, record);
    return { address, client };
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
    if (this.#kept < this.#keptMax) this.#kept += 1;
    else if (this.#keptMax > 0) this.#lost += 1;
  }
}
