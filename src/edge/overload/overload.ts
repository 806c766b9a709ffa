import { type OverloadState, overloadStates } from '../../contract/metrics/labelValues.ts';
import { overloadLimits } from './limits.ts';

/** What a worker knows of its own load at one moment. */
export interface LoadSigns {
  /** How late a timer was: how long whatever is ready now waited for its turn. */
  readonly loopDelayMs: number;
  readonly rssBytes: number;
  /** Visitors' connections that are open. */
  readonly connections: number;
}

export interface LoadBounds {
  /** What the worker may hold; above it the supervisor replaces it. */
  readonly rssBytesMax: number;
  readonly connectionsMax: number;
}

/**
 * Whether a worker sheds load, and which: first new connections, whose visitors another worker or machine may serve, then
 * requests on the connections that are open. Pure: fed by `look` every `overloadLimits.everyMs`, asked by `sheds` for every
 * connection and request, which costs a comparison. Neither the admin socket nor the supervisor asks it, so both stay
 * reachable. Fails open: never fed, it is calm.
 */
export class Overload {
  readonly #bounds: LoadBounds;
  #state: OverloadState = 'calm';
  /** Looks in a row that were worse than the state, and that were better. */
  #worse = 0;
  #better = 0;
  #entered = 0;

  constructor(bounds: LoadBounds) {
    this.#bounds = bounds;
  }

  get state(): OverloadState {
    return this.#state;
  }

  /** How often it left `calm` since the start. */
  get entered(): number {
    return this.#entered;
  }

  /** Whether the next one is to be turned away as `overloaded`. */
  sheds(what: 'connection' | 'request'): boolean {
    if (this.#state === 'calm') return false;
    return what === 'connection' || this.#state === 'shed-requests';
  }

  look(signs: LoadSigns): void {
    const level = overloadStates.indexOf(this.#state);
    this.#worse = this.#levelOf(signs) > level ? this.#worse + 1 : 0;
    this.#better = this.#isBelow(signs, level) ? this.#better + 1 : 0;
    if (this.#worse >= overloadLimits.looksToShed) this.#enter(level + 1);
    else if (this.#better >= overloadLimits.looksToCalm) this.#enter(level - 1);
  }

  #enter(level: number): void {
    if (this.#state === 'calm') this.#entered += 1;
    this.#state = overloadStates[level]!;
    this.#worse = 0;
    this.#better = 0;
  }

  /** Whether nothing holds it on this level any more. */
  #isBelow({ loopDelayMs, rssBytes, connections }: LoadSigns, level: number): boolean {
    const { leaveShare } = overloadLimits;
    const raised = {
      loopDelayMs: loopDelayMs / leaveShare.delay,
      rssBytes: rssBytes / leaveShare.memory,
      connections: connections / leaveShare.connections,
    };
    return this.#levelOf(raised) < level;
  }

  /** 0, 1 or 2 by the worst of the signs. */
  #levelOf({ loopDelayMs, rssBytes, connections }: LoadSigns): 0 | 1 | 2 {
    const { delayMs, memoryShare, connectionShare } = overloadLimits;
    const memory = rssBytes / this.#bounds.rssBytesMax;
    const open = connections / this.#bounds.connectionsMax;
    if (loopDelayMs >= delayMs.request || memory >= memoryShare.request || open >= connectionShare.request) return 2;
    if (loopDelayMs >= delayMs.connection || memory >= memoryShare.connection || open >= connectionShare.connection)
      return 1;
    return 0;
  }
}
