import type { LookupFunction } from 'node:net';
import type { Timer, TimerClock } from '../../../kernel/clock.ts';
import type { Random } from '../../../kernel/random.ts';
import type { AskDns, KnownAddress } from './dnsResolver.ts';
import { dnsLimits } from './limits.ts';

type Waiter = (error: NodeJS.ErrnoException | undefined, addresses: readonly KnownAddress[]) => void;

interface Entry {
  readonly host: string;
  /** The last good answer; empty before the first. It stays when asking again fails. */
  addresses: readonly KnownAddress[];
  askAgainAtMs: number;
  usedAtMs: number;
  error: NodeJS.ErrnoException | undefined;
  /** Until then `error` is the answer, where there is no better one. */
  errorUntilMs: number;
  /** Those who wait for the first answer; undefined: nobody is being asked. */
  waiting: Waiter[] | undefined;
  turn: number;
}

/** For metrics. */
export interface DnsState {
  readonly names: number;
  readonly asked: number;
  readonly failed: number;
}

/**
 * Addresses of origins by name. Once a name is known, no connection waits for its resolution again: answers are asked for
 * anew before their time is over, and when that fails the last good one stays. Names that sites use are kept fresh
 * without being used.
 */
export class DnsCache {
  readonly #ask: AskDns;
  readonly #clock: TimerClock;
  readonly #random: Random;
  readonly #entries = new Map<string, Entry>();
  #kept: ReadonlySet<string> = new Set();
  #asking = 0;
  #asked = 0;
  #failed = 0;
  #timer: Timer | undefined;

  constructor(ask: AskDns, clock: TimerClock, random: Random) {
    this.#ask = ask;
    this.#clock = clock;
    this.#random = random;
  }

  /** For `net.connect({lookup})` and `tls.connect({lookup})`; addresses never come here. Calls back later, never at once. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    const wanted = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
    this.resolve(host, (error, all) => {
      const addresses = wanted === 0 ? all : all.filter(({ family }) => family === wanted);
      const failure = error ?? (addresses.length === 0 ? notFound(host) : null);
      process.nextTick(() => {
        if (failure !== null) callback(failure, '');
        else if (options.all === true) callback(null, [...addresses]);
        else callback(null, addresses[0]!.address, addresses[0]!.family);
      });
    });
  };

  /** Addresses, each time beginning with the next one. At once when the name is known. */
  resolve(host: string, done: Waiter): void {
    const nowMs = this.#clock.monotonicMs();
    const entry = this.#entries.get(host) ?? this.#add(host, nowMs);
    entry.usedAtMs = nowMs;
    if (entry.addresses.length > 0) {
      if (nowMs >= entry.askAgainAtMs) this.#askFor(entry);
      done(undefined, this.#turned(entry));
    } else if (entry.waiting === undefined && nowMs < entry.errorUntilMs) done(entry.error, []);
    else {
      this.#askFor(entry);
      entry.waiting!.push(done);
    }
  }

  /** Names that are kept fresh from now on: those of all sites. They are asked for at once. */
  keep(hosts: Iterable<string>): void {
    this.#kept = new Set([...hosts].slice(0, dnsLimits.namesMax));
    const nowMs = this.#clock.monotonicMs();
    for (const host of this.#kept) if (!this.#entries.has(host)) this.#add(host, nowMs);
    this.refreshDue();
  }

  /** Asks for what is soon over. Called every second or so. */
  refreshDue(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const entry of this.#entries.values()) {
      const isWanted = this.#kept.has(entry.host) || nowMs - entry.usedAtMs < dnsLimits.nameUnusedMs;
      if (!isWanted && entry.waiting === undefined) this.#entries.delete(entry.host);
      else if (nowMs >= entry.askAgainAtMs && this.#asking < dnsLimits.refreshesMax) this.#askFor(entry);
    }
  }

  start(everyMs = 1_000): void {
    this.#timer ??= this.#clock.every(everyMs, () => this.refreshDue(), 'lets-go');
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  state(): DnsState {
    return { names: this.#entries.size, asked: this.#asked, failed: this.#failed };
  }

  #add(host: string, nowMs: number): Entry {
    if (this.#entries.size >= dnsLimits.namesMax) this.#forgetOne();
    const entry: Entry = {
      host,
      addresses: [],
      askAgainAtMs: Number.NEGATIVE_INFINITY,
      usedAtMs: nowMs,
      error: undefined,
      errorUntilMs: Number.NEGATIVE_INFINITY,
      waiting: undefined,
      turn: 0,
    };
    this.#entries.set(host, entry);
    return entry;
  }

  /** The longest unused of those that no site names; whoever waits for it still gets its answer. */
  #forgetOne(): void {
    let oldest: Entry | undefined;
    for (const entry of this.#entries.values()) {
      const isOlder = oldest === undefined || entry.usedAtMs < oldest.usedAtMs;
      if (isOlder && !this.#kept.has(entry.host)) oldest = entry;
    }
    this.#entries.delete((oldest ?? this.#entries.values().next().value!).host);
  }

  #askFor(entry: Entry): void {
    if (entry.waiting !== undefined) return;
    entry.waiting = [];
    this.#asking += 1;
    this.#asked += 1;
    this.#ask(entry.host).then(
      ({ addresses, ttlMs }) => this.#onAnswer(entry, addresses, ttlMs ?? dnsLimits.ttlMsUnknown),
      (error: NodeJS.ErrnoException) => this.#onFailure(entry, error),
    );
  }

  #onAnswer(entry: Entry, addresses: readonly KnownAddress[], ttlMs: number): void {
    const { ttlMsMin, ttlMsMax, refreshShare, addressesPerNameMax } = dnsLimits;
    entry.addresses = addresses.slice(0, addressesPerNameMax);
    entry.error = undefined;
    // Workers that started together shall not ask together for ever.
    const share = refreshShare * (0.9 + 0.1 * this.#random.next());
    entry.askAgainAtMs = this.#clock.monotonicMs() + Math.min(ttlMsMax, Math.max(ttlMsMin, ttlMs)) * share;
    this.#settle(entry);
  }

  #onFailure(entry: Entry, error: NodeJS.ErrnoException): void {
    const nowMs = this.#clock.monotonicMs();
    this.#failed += 1;
    entry.error = error;
    entry.errorUntilMs = nowMs + dnsLimits.failedHoldMs;
    entry.askAgainAtMs = nowMs + dnsLimits.failedAskMs;
    this.#settle(entry);
  }

  #settle(entry: Entry): void {
    const { waiting = [] } = entry;
    entry.waiting = undefined;
    this.#asking -= 1;
    const hasAnswer = entry.addresses.length > 0;
    for (const done of waiting) done(hasAnswer ? undefined : entry.error, hasAnswer ? this.#turned(entry) : []);
  }

  #turned(entry: Entry): readonly KnownAddress[] {
    const { addresses } = entry;
    if (addresses.length === 1) return addresses;
    entry.turn = (entry.turn + 1) % addresses.length;
    return [...addresses.slice(entry.turn), ...addresses.slice(0, entry.turn)];
  }
}

function notFound(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} has no address of the wanted family`), { code: 'ENOTFOUND' });
}
