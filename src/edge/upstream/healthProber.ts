import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Timer, TimerClock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import type { HealthChoices } from './activeHealth.ts';
import type { Endpoint } from './endpoint.ts';
import type { Member, OriginGroup } from './originGroup.ts';
import type { OriginTlsContexts, TlsEndpoint } from './originTlsContexts.ts';
import { upstreamLimits } from './upstreamLimits.ts';

/** What probing needs. */
export interface ProberPorts {
  readonly clock: TimerClock;
  readonly random: Random;
  /** All groups there are now; those without `health` are left alone. */
  readonly groups: () => readonly OriginGroup[];
  readonly lookup: LookupFunction;
  readonly tls: OriginTlsContexts;
}

interface Schedule {
  dueMs: number;
  isAsking: boolean;
}

/**
 * Asks the origins of sites that want it, each at its interval, a tenth more or less. A probe never waits for another:
 * of one origin there is one at a time, of all a bounded number. It uses connections of its own, so that a full or broken
 * pool does not hide what it asks for.
 */
export class HealthProber {
  readonly #ports: ProberPorts;
  readonly #schedules = new WeakMap<Member, Schedule>();
  readonly #open = new Set<ClientRequest>();
  #timer: Timer | undefined;
  #stops = 0;

  constructor(ports: ProberPorts) {
    this.#ports = ports;
  }

  /** Probes under way. */
  get asking(): number {
    return this.#open.size;
  }

  get isAsking(): boolean {
    return this.#open.size > 0;
  }

  start(): void {
    this.#timer ??= this.#ports.clock.every(upstreamLimits.probeTickMs, () => this.tick(), 'lets-go');
  }

  /** Ends probes under way without a verdict. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#stops += 1;
    for (const request of this.#open) request.destroy();
  }

  /** Sends the probes that are due. */
  tick(): void {
    const nowMs = this.#ports.clock.monotonicMs();
    for (const group of this.#ports.groups()) {
      const { health } = group.upstream;
      if (health !== undefined) for (const member of group.members) this.#visit(member, health, nowMs);
    }
  }

  #visit(member: Member, health: HealthChoices, nowMs: number): void {
    const schedule = this.#schedules.get(member) ?? this.#begin(member, health, nowMs);
    // An interval that a reload made shorter counts from now on.
    schedule.dueMs = Math.min(schedule.dueMs, nowMs + health.intervalMs * 1.1);
    if (schedule.isAsking || nowMs < schedule.dueMs || this.#open.size >= upstreamLimits.probesMax) return;
    schedule.isAsking = true;
    schedule.dueMs = nowMs + health.intervalMs * (0.9 + 0.2 * this.#ports.random.next());
    this.#probe(member, health, (isGood) => {
      schedule.isAsking = false;
      if (isGood !== undefined) member.health.onProbe(isGood, health);
    });
  }

  /** The first one comes somewhere within an interval: a reload of a thousand sites is no storm. */
  #begin(member: Member, health: HealthChoices, nowMs: number): Schedule {
    const schedule = { dueMs: nowMs + health.intervalMs * this.#ports.random.next(), isAsking: false };
    this.#schedules.set(member, schedule);
    return schedule;
  }

  /** `done`: once; undefined: the prober was stopped. */
  #probe(endpoint: Endpoint, health: HealthChoices, done: (isGood: boolean | undefined) => void): void {
    const stops = this.#stops;
    const request = requestTo(endpoint, health, this.#ports);
    if (request === undefined) {
      done(false);
      return;
    }
    let isGood = false;
    const deadline = this.#ports.clock.after(health.timeoutMs, () => request.destroy());
    this.#open.add(request);
    request.on('error', () => {
      // Told by 'close', which comes in any case.
    });
    request.on('response', (response) => {
      let bytes = 0;
      response.on('error', () => {});
      response.on('end', () => {
        isGood = isHealthy(response.statusCode);
      });
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= upstreamLimits.probeBodyBytesMax) return;
        // Whoever sends so much is there; the rest is of no interest.
        isGood = isHealthy(response.statusCode);
        request.destroy();
      });
    });
    request.on('close', () => {
      deadline.cancel();
      this.#open.delete(request);
      done(stops === this.#stops ? isGood : undefined);
    });
    request.end();
  }
}

/** undefined: the edge's own certificate or key cannot be used. */
function requestTo(
  endpoint: Endpoint,
  { path, host }: HealthChoices,
  { lookup, tls }: ProberPorts,
): ClientRequest | undefined {
  const options = {
    agent: false,
    host: endpoint.host,
    port: endpoint.port,
    path,
    lookup,
    setHost: false,
    headers: { Host: host ?? authorityOf(endpoint), 'User-Agent': 'holdfast-health', Connection: 'close' },
  };
  if (endpoint.tls === undefined) return httpRequest(options);
  const encrypted = tls.optionsFor(endpoint as TlsEndpoint);
  if (!encrypted.ok) return undefined;
  return httpsRequest({ ...options, ...encrypted.value });
}

function authorityOf({ host, port, tls }: Endpoint): string {
  const name = tls?.serverName ?? (host.includes(':') ? `[${host}]` : host);
  return `${name}:${port}`;
}

function isHealthy(status = 0): boolean {
  return status >= 200 && status < 400;
}
