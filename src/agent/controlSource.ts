import { bundleBytesMax } from '../bundles/index.ts';
import { type BundleKind, bundleKinds, rowOf } from '../contract/bundleKind.ts';
import type { RefusalReason } from '../contract/finding.ts';
import type { ControlClient, ControlError } from '../controlClient/index.ts';
import type { Timer, TimerClock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { Random } from '../kernel/random.ts';
import { ok, type Result } from '../kernel/result.ts';
import { sleep } from '../kernel/sleep.ts';
import type { Agent } from './agent.ts';
import { agentLimits } from './limits.ts';
import type { Outcome } from './outcome.ts';

export interface ControlSourceOptions {
  readonly agent: Agent;
  readonly client: Pick<ControlClient, 'wanted' | 'bundle' | 'report'>;
  /** By which control knows this edge. */
  readonly edge: string;
  readonly clock: TimerClock;
  readonly logger: Logger;
  readonly random: Random;
  /** Kinds that this edge takes from control; `sites` is not among them where a local file is the truth. */
  readonly kinds: readonly BundleKind[];
}

/**
 * Asks control what to run, fetches what is new and offers it to the agent; tells control what became of it and how the
 * workers do. Control being gone is normal: the edge goes on as it is, and asks again with growing pauses.
 */
export class ControlSource {
  readonly #options: ControlSourceOptions;
  readonly #stop = new AbortController();
  /** Versions from control whose fate is known or underway, so that a refused one is not fetched again and again. */
  readonly #settled: Partial<Record<BundleKind, number>> = {};
  /** Refused for what may pass (a full disk, bytes lost on the way): fetched again when its time has come. */
  readonly #retries: Partial<Record<BundleKind, Retry>> = {};
  #isReachable: boolean | undefined;
  #pauses = 0;
  #isReporting = false;
  #reportTimer: Timer | undefined;
  #healthTimer: Timer | undefined;

  constructor(options: ControlSourceOptions) {
    this.#options = options;
  }

  /** undefined before the first answer or failure. */
  get isReachable(): boolean | undefined {
    return this.#isReachable;
  }

  start(): void {
    void this.#poll();
    this.reportSoon();
    this.#healthTimer = this.#options.clock.every(agentLimits.healthEveryMs, () => this.reportSoon());
  }

  stop(): void {
    this.#healthTimer?.cancel();
    this.#reportTimer?.cancel();
    for (const retry of Object.values(this.#retries)) retry.timer.cancel();
    this.#stop.abort();
  }

  /** Called whenever there is something to report; several calls become one report. */
  reportSoon(): void {
    this.#reportTimer ??= this.#options.clock.after(reportAfterMs, () => {
      this.#reportTimer = undefined;
      void this.#report();
    });
  }

  async #poll(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#stop.signal.aborted) {
      const startedAtMs = clock.monotonicMs();
      const isNew = await this.#pollOnce();
      if (this.#stop.signal.aborted) return;
      this.#reachable(isNew);
      if (isNew.ok && isNew.value) this.#pauses = 0;
      // An answer at once that brings nothing: control wants what this edge does not take. No busy loop over it.
      else if (!isNew.ok || clock.monotonicMs() - startedAtMs < 1_000) await this.#pause();
    }
  }

  /** Whether anything new was fetched. */
  async #pollOnce(): Promise<Result<boolean, ControlError>> {
    const { agent, client, edge, kinds } = this.#options;
    const known = Object.fromEntries(kinds.map((kind) => [kind, this.#known(kind)]));
    const answer = await client.wanted(edge, known, agentLimits.pollWaitS, this.#stop.signal);
    if (!answer.ok) return answer;
    const wanted = answer.value;
    let isNew = false;
    // First what comes at once: switches are thrown because something burns.
    for (const kind of [...kinds].sort((one, other) => rank(one) - rank(other))) {
      const version = wanted[kind] ?? 0;
      if (version <= this.#known(kind)) continue;
      const bytes = await this.#fetch(kind, version);
      if (bytes === undefined) continue;
      isNew = true;
      this.#settled[kind] = version;
      void agent.offer(kind, bytes, 'control').then((outcome) => {
        if (isPassing(outcome)) this.#retryLater(kind, version);
      });
    }
    return ok(isNew);
  }

  /** It was not judged, or not for what it is. The long poll that is open ends first, so the pause may become longer. */
  #retryLater(kind: BundleKind, version: number): void {
    const { clock, random } = this.#options;
    this.#retries[kind]?.timer.cancel();
    const times = this.#retries[kind]?.version === version ? this.#retries[kind].times + 1 : 0;
    const { bundleRetryMsFirst, bundleRetryMsMax } = agentLimits;
    const fullMs = Math.min(bundleRetryMsFirst * 2 ** Math.min(times, 16), bundleRetryMsMax);
    const timer = clock.after(fullMs * (0.5 + random.next() / 2), () => {
      if (this.#settled[kind] === version) delete this.#settled[kind];
    });
    this.#retries[kind] = { version, times, timer };
  }

  /**
   * undefined when it could not be fetched now: one kind's trouble must not keep the others away. Of a bundle that is too
   * long as many bytes come as show that, and the one check of bundles refuses it.
   */
  async #fetch(kind: BundleKind, version: number): Promise<Uint8Array | undefined> {
    const { client, logger } = this.#options;
    const fetched = await client.bundle(kind, version, bundleBytesMax(kind) + 1, this.#stop.signal);
    if (fetched.ok) return fetched.value;
    logger.warn('bundle-not-fetched', { kind, version, error: fetched.error.message });
    return undefined;
  }

  #known(kind: BundleKind): number {
    return Math.max(this.#options.agent.known(kind), this.#settled[kind] ?? 0);
  }

  async #report(): Promise<void> {
    if (this.#isReporting) return;
    this.#isReporting = true;
    const { agent, client, edge } = this.#options;
    const bundles = agent.takeReports();
    const workers = agent.fleet.all().flatMap(({ slot, health }) => (health === undefined ? [] : [{ slot, health }]));
    const report = { versions: agent.running, bundles, workers, localKilled: agent.localKilled };
    const told = await client.report(edge, report, this.#stop.signal);
    if (!told.ok) agent.returnReports(bundles);
    this.#isReporting = false;
  }

  /** Doubling, with jitter so that a fleet does not come back in one moment. */
  async #pause(): Promise<void> {
    const { retryMsFirst, retryMsMax } = agentLimits;
    const fullMs = Math.min(retryMsFirst * 2 ** this.#pauses, retryMsMax);
    this.#pauses = Math.min(this.#pauses + 1, 16);
    const pauseMs = fullMs * (0.5 + this.#options.random.next() / 2);
    await sleep(this.#options.clock, pauseMs, this.#stop.signal);
  }

  /** Logs changes only: control may be away for days. */
  #reachable(answer: Result<unknown, ControlError>): void {
    if (answer.ok) {
      if (this.#isReachable !== true) this.#options.logger.info('control-reachable');
      if (this.#isReachable === false) this.reportSoon();
    } else if (this.#isReachable !== false) {
      this.#options.logger.warn('control-unreachable', { error: answer.error.message });
    }
    this.#isReachable = answer.ok;
  }
}

/** What is worth a report seldom comes alone. */
const reportAfterMs = 50;

interface Retry {
  readonly version: number;
  /** How often it was put off before. */
  readonly times: number;
  readonly timer: Timer;
}

const passingReasons: ReadonlySet<RefusalReason> = new Set([
  'disk-write-failed',
  'disk-read-failed',
  'digest-mismatch',
  'length-mismatch',
]);

/** Whether the same bytes, sent once more, may fare better. */
function isPassing(outcome: Outcome): boolean {
  if (outcome.outcome === 'later') return true;
  return outcome.outcome === 'nack' && outcome.findings.every(({ reason }) => passingReasons.has(reason));
}

function rank(kind: BundleKind): number {
  return rowOf(kind).rollout === 'at-once' ? -1 : bundleKinds.indexOf(kind);
}
