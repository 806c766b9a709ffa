import type { Timer, TimerClock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { DrillSession } from './drillSession.ts';
import { playSession } from './visitor.ts';
import { type Outcome, Tallying, type VisitorTally } from './visitorTally.ts';

export interface VisitorLoadOptions {
  readonly host: string;
  readonly port: number;
  readonly sessions: readonly DrillSession[];
  /** Sessions begin so often that about this many requests are sent a second. */
  readonly requestsPerS: number;
  /** The status with which the site's rule refuses. */
  readonly blockStatus: number;
  readonly clock: TimerClock;
  readonly random: Random;
}

const tickMs = 20;

/** Visitors coming and going: each session from an address of its own, people and bots mixed as in the list. */
export class VisitorLoad {
  readonly #options: VisitorLoadOptions;
  readonly #sessionsPerTick: number;
  #tallying: Tallying;
  #addresses = 0;
  #due = 0;
  #timer: Timer | undefined;
  #isOver = true;
  readonly #open = new Set<Promise<void>>();

  constructor(options: VisitorLoadOptions) {
    this.#options = options;
    const requests = options.sessions.reduce((sum, session) => sum + session.requests.length, 0);
    this.#sessionsPerTick = ((options.requestsPerS * tickMs) / 1_000 / requests) * options.sessions.length;
    this.#tallying = new Tallying(options.blockStatus);
  }

  /** How many source addresses were used so far. */
  get addresses(): number {
    return this.#addresses;
  }

  /** Counts from now on go to a new phase; requests under way count for the phase in which they were sent. */
  beginPhase(): () => VisitorTally {
    const tallying = new Tallying(this.#options.blockStatus);
    this.#tallying = tallying;
    return () => tallying.tally();
  }

  start(): void {
    this.#isOver = false;
    this.#timer = this.#options.clock.every(tickMs, () => this.#tick());
  }

  /** No more requests; resolves when the last answer is there. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#timer?.cancel();
    await Promise.all(this.#open);
  }

  #tick(): void {
    this.#due += this.#sessionsPerTick;
    for (; this.#due >= 1; this.#due--) this.#visit();
  }

  #visit(): void {
    const { sessions, clock, random, host, port } = this.#options;
    const session = sessions[Math.floor(random.next() * sessions.length)] as DrillSession;
    const number = this.#addresses++;
    const localAddress = `127.${1 + (Math.floor(number / 62_500) % 250)}.${1 + (Math.floor(number / 250) % 250)}.${1 + (number % 250)}`;
    const { label } = session;
    const begin = () => {
      const tallying = this.#tallying;
      return this.#isOver ? null : (outcome: Outcome) => tallying.count(label, outcome);
    };
    const visit = playSession(session, { host, port, localAddress }, clock, begin).finally(() =>
      this.#open.delete(visit),
    );
    this.#open.add(visit);
  }
}
