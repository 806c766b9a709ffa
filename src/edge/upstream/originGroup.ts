import type { SiteSettings, UpstreamChoices } from '../../bundles/index.ts';
import { assert } from '../../kernel/assert.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { ActiveHealth } from './activeHealth.ts';
import { type Endpoint, endpointOf } from './endpoint.ts';
import { OutlierState } from './outlier.ts';
import { RetryBudget } from './retryBudget.ts';
import { upstreamLimits } from './upstreamLimits.ts';

/**
 * How a request to an origin ended. failed: connected, and no whole answer came. abandoned: the visitor left or the edge
 * gave up for reasons of its own, which says nothing of the origin.
 */
export type UpstreamOutcome = 'answered' | 'connect-failed' | 'failed' | 'abandoned';

/** What a group knows of one of its origins. */
export interface OriginState {
  readonly key: string;
  readonly weight: number;
  readonly inFlight: number;
  /** What probes say; true where there are none. */
  readonly isHealthy: boolean;
  readonly isEjected: boolean;
  readonly ejections: number;
  readonly outcomes: Readonly<Record<UpstreamOutcome, number>>;
  readonly durationMsSum: number;
}

/** What of a site concerns its origins. */
export type GroupSettings = Pick<SiteSettings, 'name' | 'origins' | 'upstream'>;

/** An endpoint with what is known of it; outlives a reload that leaves the endpoint as it is. */
export class Member implements Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: Endpoint['tls'];
  readonly key: string;
  weight: number;
  inFlight = 0;
  readonly outlier = new OutlierState();
  readonly health = new ActiveHealth();
  readonly outcomes: Record<UpstreamOutcome, number> = { answered: 0, 'connect-failed': 0, failed: 0, abandoned: 0 };
  durationMsSum = 0;

  constructor(endpoint: Endpoint, weight: number) {
    this.host = endpoint.host;
    this.port = endpoint.port;
    this.tls = endpoint.tls;
    this.key = endpoint.key;
    this.weight = weight;
  }
}

/**
 * The origins of one site and who of them gets the next request: of two that chance picks by weight, the one with fewer
 * requests under way for its weight. Origins that probes call unhealthy or that were ejected get none, unless that would
 * leave none at all: then health is taken to be mistaken and all are used. Asked on the request path: no promises, no
 * allocation.
 */
export class OriginGroup {
  readonly members: readonly Member[];
  readonly siteName: string;
  /** Timeouts and the like, complete. */
  readonly upstream: UpstreamChoices;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #budget: RetryBudget;
  #retriesGranted = 0;

  /** `before`: the same site's group up to now; what it knows of origins that stay is kept. */
  constructor(settings: GroupSettings, clock: Clock, random: Random, before?: OriginGroup) {
    assert(settings.origins.length > 0, 'a site has an origin');
    this.siteName = settings.name;
    this.upstream = settings.upstream;
    this.#clock = clock;
    this.#random = random;
    this.#budget = before === undefined ? new RetryBudget(clock) : before.#budget;
    const known = new Map(before?.members.map((member) => [member.key, member]));
    this.members = settings.origins.map((origin) => {
      const endpoint = endpointOf(origin, settings.upstream);
      const member = known.get(endpoint.key) ?? new Member(endpoint, origin.weight);
      member.weight = origin.weight;
      return member;
    });
    if (settings.upstream.health === undefined) for (const member of this.members) member.health.reset();
  }

  /**
   * The origin for a request; `avoid`: those that failed it. undefined: there is none besides `avoid` that has room for
   * one more request, so at a first attempt all are full, and at a later one there is nowhere else to go.
   */
  pick(avoid?: Endpoint | ReadonlySet<Endpoint>): Endpoint | undefined {
    const [only] = this.members;
    if (this.members.length === 1) return this.#hasRoom(only!) && !isAvoided(avoid, only!) ? only : undefined;
    const nowMs = this.#clock.monotonicMs();
    return this.#pickAmong(avoid, nowMs, true) ?? this.#pickInPanic(avoid, nowMs);
  }

  onStarted(endpoint: Endpoint): void {
    asMember(endpoint).inFlight += 1;
    if (this.#retriesGranted > 0) this.#retriesGranted -= 1;
    else this.#budget.onRequest();
  }

  /** Once for every `onStarted`. `status`: null when no answer came; `durationMs`: from the start to here. */
  onEnded(endpoint: Endpoint, outcome: UpstreamOutcome, status: number | null, durationMs: number): void {
    const member = asMember(endpoint);
    assert(member.inFlight > 0, 'a request that ends was started');
    member.inFlight -= 1;
    member.outcomes[outcome] += 1;
    member.durationMsSum += durationMs;
    // One alone is never put aside, so nobody asks how it does.
    if (outcome === 'abandoned' || this.members.length === 1) return;
    const nowMs = this.#clock.monotonicMs();
    if (outcome === 'answered' && !isGatewayError(status)) member.outlier.onSuccess(nowMs);
    else member.outlier.onFailure(nowMs, this.upstream.outlier, () => this.#mayEject(nowMs));
  }

  /** true: a retry is granted and counted; the next `onStarted` is taken to be its start. */
  mayRetry(): boolean {
    if (this.upstream.retries.max === 0 || !this.#budget.take()) return false;
    this.#retriesGranted += 1;
    return true;
  }

  states(): readonly OriginState[] {
    const nowMs = this.#clock.monotonicMs();
    return this.members.map(({ key, weight, inFlight, health, outlier, outcomes, durationMsSum }) => ({
      key,
      weight,
      inFlight,
      isHealthy: health.isHealthy,
      isEjected: outlier.isEjected(nowMs),
      ejections: outlier.ejections,
      outcomes: { ...outcomes },
      durationMsSum,
    }));
  }

  /** Only when not one origin is usable; that the usable ones are full or failed already is no reason to use the others. */
  #pickInPanic(avoid: Endpoint | ReadonlySet<Endpoint> | undefined, nowMs: number): Endpoint | undefined {
    return this.members.some((member) => isUsable(member, nowMs)) ? undefined : this.#pickAmong(avoid, nowMs, false);
  }

  #pickAmong(
    avoid: Endpoint | ReadonlySet<Endpoint> | undefined,
    nowMs: number,
    onlyUsable: boolean,
  ): Endpoint | undefined {
    const first = this.#draw(avoid, undefined, nowMs, onlyUsable);
    if (first === undefined) return undefined;
    const second = this.#draw(avoid, first, nowMs, onlyUsable);
    if (second === undefined) return first;
    return second.inFlight * first.weight < first.inFlight * second.weight ? second : first;
  }

  /** One of the candidates, each with a chance by its weight. */
  #draw(
    avoid: Endpoint | ReadonlySet<Endpoint> | undefined,
    not: Member | undefined,
    nowMs: number,
    onlyUsable: boolean,
  ): Member | undefined {
    const { members } = this;
    let weightSum = 0;
    let last: Member | undefined;
    // Without copying: chance takes the place of each candidate so far with the share of the new one's weight.
    for (const member of members) {
      if (member === not || !this.#hasRoom(member) || isAvoided(avoid, member)) continue;
      if (onlyUsable && !isUsable(member, nowMs)) continue;
      weightSum += member.weight;
      if (last === undefined || this.#random.next() * weightSum < member.weight) last = member;
    }
    return last;
  }

  #hasRoom(member: Member): boolean {
    return member.inFlight < this.upstream.requestsMax;
  }

  #mayEject(nowMs: number): boolean {
    const ejected = this.members.filter((member) => member.outlier.isEjected(nowMs)).length;
    return ejected + 1 <= this.members.length * upstreamLimits.ejectedShareMax;
  }
}

function isUsable(member: Member, nowMs: number): boolean {
  return member.health.isHealthy && !member.outlier.isEjected(nowMs);
}

function isAvoided(avoid: Endpoint | ReadonlySet<Endpoint> | undefined, member: Member): boolean {
  if (avoid === undefined) return false;
  return avoid instanceof Set ? avoid.has(member) : avoid === member;
}

/** What a gateway or an overloaded server answers; 500 is an application's own word about one request. */
function isGatewayError(status: number | null): boolean {
  return status === null || status === 502 || status === 503 || status === 504;
}

function asMember(endpoint: Endpoint): Member {
  assert(endpoint instanceof Member, 'an endpoint comes from pick()');
  return endpoint;
}
