import { setTimeout as sleep } from 'node:timers/promises';
import { fault, get, post } from './http1Visits.ts';
import { h2Get, h2NewSession, h2Post, h2Reset, h2Vanish, restHttp2 } from './http2Visits.ts';
import { malformed, proxied, slowReader, slowSender, vanishes, vanishesInTls, webSocket } from './rawVisits.ts';
import type { Visit, World } from './world.ts';

const megabyte = 1_048_576;

/** What visitors do, and how often: shares of the whole. */
const mix: Readonly<Record<string, readonly [share: number, visit: Visit]>> = {
  'kept plain GET': [260, get({})],
  'new plain GET': [100, get({ isNew: true })],
  'kept TLS GET': [150, get({ isTls: true })],
  'new TLS GET': [50, get({ isTls: true, isNew: true })],
  'HTTP/2 GET': [150, h2Get()],
  'HTTP/2 new session': [8, h2NewSession],
  'HTTP/2 POST 10 KB': [15, h2Post(10_240)],
  'HTTP/2 1 MB': [4, h2Get('/bytes/1048576', megabyte)],
  'HTTP/2 stream reset': [5, h2Reset],
  'HTTP/2 session gone': [5, h2Vanish],
  'plain 10 KB': [50, get({ path: '/bytes/10240', bytes: 10_240 })],
  'plain 10 KB chunked': [20, get({ path: '/chunked/10240', bytes: 10_240 })],
  'TLS 10 KB': [20, get({ isTls: true, path: '/bytes/10240', bytes: 10_240 })],
  'plain 1 MB': [8, get({ path: '/bytes/1048576', bytes: megabyte })],
  'TLS 1 MB': [4, get({ isTls: true, path: '/bytes/1048576', bytes: megabyte })],
  'POST 10 KB': [30, post({ bytes: 10_240 })],
  'POST 200 KB chunked': [10, post({ bytes: 200_000, isChunked: true })],
  'TLS POST 10 KB chunked': [15, post({ isTls: true, bytes: 10_240, isChunked: true })],
  late: [10, get({ path: '/late/300' })],
  proxied: [20, proxied],
  'slow reader': [2, slowReader],
  'slow sender': [2, slowSender],
  vanishes: [25, vanishes],
  'vanishes in TLS': [15, vanishesInTls],
  malformed: [15, malformed],
  WebSocket: [6, webSocket],
  'origin resets': [3, fault('/reset', 502)],
  'origin hangs up': [3, fault('/hangup', 502)],
  'origin says garbage': [3, fault('/garbage', 502)],
  'origin stops mid body': [3, fault('/half', 'broken')],
  'origin stops mid chunk': [3, fault('/halfchunk', 'broken')],
  'origin resets mid body': [3, fault('/midreset', 'broken')],
  'origin is silent': [2, fault('/silent', 504)],
};

export interface Tally {
  readonly went: number;
  readonly failed: number;
}

/** More than this at once: the edge, or this machine, is too slow, and further visits are left out and counted. */
const atOnceMax = 1_000;
const failuresKeptMax = 50;
const tickMs = 20;
const restMsMax = 70_000;

/** Visits of all kinds at a steady rate, whatever the edge does: one that is slow does not slow the others down. */
export class MixedLoad {
  readonly #world: World;
  readonly #perSecond: number;
  readonly #tallies = new Map<string, { went: number; failed: number }>();
  readonly #failures: string[] = [];
  readonly #startedAtMs = performance.now();
  #running = 0;
  #leftOut = 0;
  #stallMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastTickMs = 0;
  #due = 0;

  constructor(world: World, perSecond: number) {
    this.#world = world;
    this.#perSecond = perSecond;
  }

  get tallies(): Readonly<Record<string, Tally>> {
    return Object.fromEntries(this.#tallies);
  }

  get went(): number {
    return [...this.#tallies.values()].reduce((sum, { went }) => sum + went, 0);
  }

  get failed(): number {
    return [...this.#tallies.values()].reduce((sum, { failed }) => sum + failed, 0);
  }

  /** The first ones, with when and why. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  get leftOut(): number {
    return this.#leftOut;
  }

  /** The longest that the load itself did not get its turn: a machine with too much to do, not the edge. */
  get stallMs(): number {
    return this.#stallMs;
  }

  start(): void {
    this.#lastTickMs = performance.now();
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  /** Lets what is under way come to its end, and ends all connections. */
  async rest(): Promise<void> {
    clearInterval(this.#timer);
    const deadlineMs = performance.now() + restMsMax;
    while (this.#running > 0 && performance.now() < deadlineMs) await sleep(50);
    if (this.#running > 0) throw new Error(`${this.#running} visits do not end`);
    this.#world.rest();
    restHttp2(this.#world);
  }

  #tick(): void {
    const nowMs = performance.now();
    this.#stallMs = Math.max(this.#stallMs, nowMs - this.#lastTickMs - tickMs);
    // What a stopped machine missed is not made up for at once.
    this.#due += (Math.min(nowMs - this.#lastTickMs, 200) / 1_000) * this.#perSecond;
    this.#lastTickMs = nowMs;
    for (; this.#due >= 1; this.#due -= 1) {
      if (this.#running >= atOnceMax) this.#leftOut += 1;
      else void this.#visit();
    }
  }

  async #visit(): Promise<void> {
    const [name, visit] = this.#choose();
    const tally = this.#tallies.get(name) ?? { went: 0, failed: 0 };
    this.#tallies.set(name, tally);
    this.#running += 1;
    try {
      await visit(this.#world);
    } catch (error) {
      tally.failed += 1;
      const atS = ((performance.now() - this.#startedAtMs) / 1_000).toFixed(1);
      if (this.#failures.length < failuresKeptMax)
        this.#failures.push(`at ${atS} s: ${name}: ${(error as Error).message}`);
    } finally {
      tally.went += 1;
      this.#running -= 1;
    }
  }

  #choose(): readonly [string, Visit] {
    let at = this.#world.random.next() * shares;
    for (const [name, [share, visit]] of Object.entries(mix)) {
      at -= share;
      if (at < 0) return [name, visit];
    }
    return ['kept plain GET', mix['kept plain GET']![1]];
  }
}

const shares = Object.values(mix).reduce((sum, [share]) => sum + share, 0);
