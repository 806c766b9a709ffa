import { type Bundle, readEnvelope, validatePayload, verifyBundle } from '../bundles/index.ts';
import {
  type BundleKind,
  bundleKinds,
  type KindVersions,
  type PayloadsByKind,
  rowOf,
  sameVersions,
} from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { Switch } from '../contract/kinds/switchesFile.ts';
import type { BundleReport, FromAgent, ToAgent } from '../contract/processMessages.ts';
import type { TimerClock } from '../kernel/clock.ts';
import type { FaultPoints } from '../kernel/faults.ts';
import type { Logger } from '../kernel/log.ts';
import { groupOf, type LastGood, pick } from '../lastgood/index.ts';
import type { CheckTask } from './checkTask.ts';
import { agentLimits } from './limits.ts';
import type { BundleSource, DatedOutcome, Outcome } from './outcome.ts';
import { SampleHeads } from './rehearsal/sampleHeads.ts';
import { rollOut, type Trial, wantedOn } from './rollout.ts';
import { type ActivationOutcome, isByStranger, type WorkerDeath, WorkerFleet, type WorkerView } from './workerFleet.ts';

export interface AgentPorts {
  readonly lastGood: LastGood;
  /** To the supervisor. */
  send(message: FromAgent): void;
  /** Findings against a payload, from a process of its own. */
  check(task: Omit<CheckTask, 'id'>): Promise<readonly Finding[]>;
  readonly clock: TimerClock;
  readonly logger: Logger;
  readonly faults: FaultPoints;
  readonly watchMs?: number;
  /** Something is to be reported to control soon. */
  onReport?(): void;
}

interface Waiting {
  readonly bundle: Bundle;
  readonly bytes: Uint8Array;
  readonly source: BundleSource;
  readonly settle: (outcome: Outcome) => void;
}

/**
 * Brings bundles into force on this edge, one after another, and goes back by itself: verify → check and rehearse in a
 * process of its own → store → one worker, watched → the rest, watched → confirm. Fails closed for what is new (any doubt
 * is a refusal with its reasons) and open for what runs (it stays). What comes at once skips the stages, not the checks.
 */
export class Agent {
  readonly fleet: WorkerFleet;
  readonly #ports: AgentPorts;
  readonly #sample = new SampleHeads();
  readonly #waiting = new Map<BundleKind, Waiting>();
  /** What every worker shall run, a trial apart. */
  #running: KindVersions = {};
  #missing: readonly Finding[] = [];
  #trial: Trial | undefined;
  #isBusy = false;
  /** Versions being brought into force or waiting for it: nothing at or below is taken meanwhile. */
  #underway: Partial<Record<BundleKind, number>> = {};
  /** Of what comes at once and is on its way to the workers: the version that was in force before. */
  readonly #unconfirmedOver = new Map<BundleKind, number | undefined>();
  #atOnceQueue: Promise<unknown> = Promise.resolve();
  #deathsOnCurrent = 0;
  /** Something was given up for the deaths that go on; a worker that lives long, or the next confirmation, ends them. */
  #hasDemoted = false;
  #outcomes: DatedOutcome[] = [];
  #reports: BundleReport[] = [];

  constructor(ports: AgentPorts) {
    this.#ports = ports;
    this.fleet = new WorkerFleet((message) => ports.send(message), ports.clock);
  }

  /** Takes up what last good says, and what was underway when the last agent ended. Call once. */
  start(): void {
    const { store } = this.#ports.lastGood;
    const { set, missing } = store.currentSet();
    this.#running = set.versions;
    this.#missing = missing;
    this.#ports.logger.info('last-good', { versions: set.versions });
    for (const finding of missing) this.#ports.logger.warn('last-good-lacks', { ...finding });
    this.#resumeCandidate();
  }

  get running(): KindVersions {
    return this.#running;
  }

  /** Highest version of `kind` that this agent has taken a decision on or is about to. */
  known(kind: BundleKind): number {
    return Math.max(
      this.#running[kind] ?? 0,
      this.#ports.lastGood.store.versionAfter(kind, this.#running),
      this.#underway[kind] ?? 0,
    );
  }

  outcomes(): readonly DatedOutcome[] {
    return this.#outcomes;
  }

  /** What last good lacked when this agent started. */
  get missing(): readonly Finding[] {
    return this.#missing;
  }

  get localKilled(): readonly Switch[] {
    return this.#ports.lastGood.localSwitches.read().killed;
  }

  /** Reports for control since the last call. */
  takeReports(): readonly BundleReport[] {
    const reports = this.#reports;
    this.#reports = [];
    return reports;
  }

  /** Control did not take them: they are due again, before newer ones, within the bound. */
  returnReports(reports: readonly BundleReport[]): void {
    this.#reports = [...reports, ...this.#reports].slice(-agentLimits.reportsMax);
  }

  /** Every message of the supervisor that concerns workers. */
  handle(message: ToAgent): void {
    if (message.type === 'current-kills') this.#demoteSuspect('Workers died on it again and again when they started.');
    this.fleet.handle(message, {
      onReady: (worker) => this.#workerReady(worker),
      onDeath: (death) => this.#workerDied(death),
      onSample: (slot, heads) => this.#sample.add(slot, heads),
    });
  }

  /** A bundle arrived. Resolves when its fate is known; never rejects. */
  async offer(kind: BundleKind, bytes: Uint8Array, source: BundleSource): Promise<Outcome> {
    const { store } = this.#ports.lastGood;
    const versionAfter = Math.max(store.versionAfter(kind, this.#running), this.#underway[kind] ?? 0);
    const quarantined = store.state().state.quarantined[kind] ?? [];
    const verified = verifyBundle(bytes, { kind, trust: store.trust(), versionAfter, quarantined });
    if (!verified.ok) return this.#refuse(kind, claimedVersion(bytes, kind), verified.error, source);
    this.#ports.faults.reach(`agent.${kind}.after-verify`);
    this.#underway[kind] = verified.value.version;
    return rowOf(kind).rollout === 'at-once'
      ? this.#offerAtOnce(verified.value, bytes, source)
      : this.#enqueue(verified.value, bytes, source);
  }

  /** Throws or takes back a switch on this machine alone; resolves when the workers know. */
  async setLocalSwitch(name: Switch, isKilled: boolean): Promise<readonly Finding[]> {
    const findings = this.#ports.lastGood.localSwitches.set(name, isKilled);
    await this.#activateAll();
    this.#ports.logger.warn(isKilled ? 'killed-locally' : 'unkilled-locally', { name, findings });
    return findings;
  }

  #resumeCandidate(): void {
    const { store } = this.#ports.lastGood;
    const { candidate } = store.state().state;
    if (candidate === null) return;
    const { kind, version, attempts } = candidate;
    if (attempts >= agentLimits.attemptsMax) {
      const message = `The agent ended ${attempts} times while it brought ${kind} ${version} into force.`;
      this.#quarantine(kind, version);
      this.#refuse(kind, version, [{ reason: 'validation-crashed', message, value: attempts }], 'disk');
      return;
    }
    const stored = store.stored(kind, version);
    if (stored === undefined) {
      store.abandonCandidate();
      return;
    }
    this.#underway[kind] = version;
    this.#enqueue(stored.bundle, stored.bytes, 'disk');
  }

  #enqueue(bundle: Bundle, bytes: Uint8Array, source: BundleSource): Promise<Outcome> {
    return new Promise((settle) => {
      const { kind } = bundle;
      const older = this.#waiting.get(kind);
      // Only the newest version of a kind is worth a trial; what waited has a lower number, or it would not be here.
      older?.settle({ outcome: 'superseded', kind, version: older.bundle.version });
      this.#waiting.set(kind, { bundle, bytes, source, settle });
      void this.#work();
    });
  }

  /** Brings what waits into force, features before the model that may need them. */
  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (;;) {
      const kind = bundleKinds.find((kind) => this.#waiting.has(kind));
      const next = kind === undefined ? undefined : this.#waiting.get(kind);
      if (kind === undefined || next === undefined) break;
      this.#waiting.delete(kind);
      const outcome = await this.#bring(next);
      if (this.#underway[kind] === next.bundle.version) delete this.#underway[kind];
      next.settle(outcome);
    }
    this.#isBusy = false;
  }

  async #bring({ bundle, bytes, source }: Waiting): Promise<Outcome> {
    const { kind, version } = bundle;
    const { faults, lastGood } = this.#ports;
    const { store } = lastGood;
    faults.reach(`agent.${kind}.before-validate`);
    const findings = await this.#ports.check(this.#task(bundle));
    faults.reach(`agent.${kind}.after-validate`);
    if (findings.length > 0) {
      // One that was resumed from disk is no candidate any more.
      if (source === 'disk') store.abandonCandidate();
      return this.#refuse(kind, version, findings, source);
    }
    const stored = store.storeBundle(kind, version, bytes);
    if (!stored.ok) return this.#refuse(kind, version, stored.error, source);
    this.#warnOf(store.propose(kind, version));
    return this.#try(kind, version, source);
  }

  async #try(kind: BundleKind, version: number, source: BundleSource): Promise<Outcome> {
    const { faults, lastGood, clock, logger } = this.#ports;
    const trial: Trial = { kind, version, slots: new Set() };
    this.#trial = trial;
    logger.info('trial-begins', { kind, version, source });
    // What was absent until now cannot get worse by coming: there is nothing to go back to, and a first start is quick.
    const isFirst = this.#running[kind] === undefined;
    const against = await rollOut(trial, {
      fleet: this.fleet,
      faults,
      clock,
      watchMs: isFirst ? 0 : (this.#ports.watchMs ?? agentLimits.watchMs),
      activate: (slot) => this.#activate(slot),
    });
    this.#trial = undefined;
    if (against === 'no-worker') {
      this.#warnOf(lastGood.store.abandonCandidate());
      await this.#reconcileAll();
      return this.#conclude({ outcome: 'later', kind, version }, source);
    }
    if (against.length > 0) {
      // First the disk, then the workers: one that starts in between must not load it.
      this.#quarantine(kind, version);
      await this.#reconcileAll();
      return this.#refuse(kind, version, against, source);
    }
    this.#confirm(kind, version);
    await this.#reconcileAll();
    return this.#accept(kind, version, source);
  }

  /** No stages and no watch: a switch is thrown because something burns. Checked here: it is small and has no cost. */
  #offerAtOnce(bundle: Bundle, bytes: Uint8Array, source: BundleSource): Promise<Outcome> {
    const outcome = this.#atOnceQueue.then(() => this.#bringAtOnce(bundle, bytes, source));
    this.#atOnceQueue = outcome;
    return outcome;
  }

  async #bringAtOnce({ kind, version, payload }: Bundle, bytes: Uint8Array, source: BundleSource): Promise<Outcome> {
    const { faults, lastGood } = this.#ports;
    const { store } = lastGood;
    const forget = () => {
      if (this.#underway[kind] === version) delete this.#underway[kind];
    };
    faults.reach(`agent.${kind}.before-validate`);
    const content = validatePayload(kind, payload, {});
    faults.reach(`agent.${kind}.after-validate`);
    const stored = content.ok ? store.storeBundle(kind, version, bytes) : content;
    if (!stored.ok) {
      forget();
      return this.#refuse(kind, version, stored.error, source);
    }
    // Only this kind's part: another kind may come into force while the workers are told.
    this.#unconfirmedOver.set(kind, this.#running[kind]);
    this.#running = { ...this.#running, [kind]: version };
    faults.reach(`agent.${kind}.before-swap-rest`);
    const refused = refusal(await this.#activateAll());
    faults.reach(`agent.${kind}.after-swap-rest`);
    forget();
    const before = this.#confirmed();
    this.#unconfirmedOver.delete(kind);
    if (refused !== undefined) {
      this.#running = before;
      this.#quarantine(kind, version);
      await this.#reconcileAll();
      return this.#refuse(kind, version, refused, source);
    }
    faults.reach(`agent.${kind}.before-confirm`);
    this.#warnOf(store.confirm(kind, version, before));
    faults.reach(`agent.${kind}.after-confirm`);
    return this.#accept(kind, version, source);
  }

  /** What runs, without what is only on its way to the workers. */
  #confirmed(): KindVersions {
    const versions: Partial<Record<BundleKind, number>> = { ...this.#running };
    for (const [kind, version] of this.#unconfirmedOver) {
      if (version === undefined) delete versions[kind];
      else versions[kind] = version;
    }
    return versions;
  }

  #confirm(kind: BundleKind, version: number): void {
    const { faults, lastGood, clock } = this.#ports;
    faults.reach(`agent.${kind}.before-confirm`);
    const before = this.#confirmed();
    this.#running = { ...this.#running, [kind]: version };
    this.#deathsOnCurrent = 0;
    this.#hasDemoted = false;
    this.#warnOf(lastGood.store.confirm(kind, version, before, clock.wallMs()));
    faults.reach(`agent.${kind}.after-confirm`);
  }

  #quarantine(kind: BundleKind, version: number): void {
    const { faults, lastGood } = this.#ports;
    faults.reach(`agent.${kind}.before-quarantine`);
    this.#warnOf(lastGood.store.quarantine(kind, version));
    faults.reach(`agent.${kind}.after-quarantine`);
  }

  #accept(kind: BundleKind, version: number, source: BundleSource): Outcome {
    this.#ports.faults.reach(`agent.${kind}.before-ack`);
    const outcome = this.#conclude({ outcome: 'ack', kind, version }, source);
    this.#ports.faults.reach(`agent.${kind}.after-ack`);
    return outcome;
  }

  #refuse(kind: BundleKind, version: number, findings: readonly Finding[], source: BundleSource): Outcome {
    this.#ports.faults.reach(`agent.${kind}.before-nack`);
    const outcome = this.#conclude({ outcome: 'nack', kind, version, findings }, source);
    this.#ports.faults.reach(`agent.${kind}.after-nack`);
    return outcome;
  }

  /** To the log, the local list and control's reports, all of it with all reasons. */
  #conclude(outcome: Outcome, source: BundleSource): Outcome {
    const { logger, clock } = this.#ports;
    if (outcome.outcome === 'nack') logger.error('bundle-refused', { ...outcome, source });
    else logger.info('bundle', { ...outcome, source });
    this.#outcomes = [{ atMs: clock.wallMs(), source, outcome }, ...this.#outcomes].slice(0, agentLimits.outcomesMax);
    if (outcome.outcome === 'ack' || outcome.outcome === 'nack') {
      this.#reports = [...this.#reports, outcome].slice(-agentLimits.reportsMax);
      this.#ports.onReport?.();
    }
    return outcome;
  }

  #task({ kind, payload, acceptShift }: Bundle): Omit<CheckTask, 'id'> {
    const { store } = this.#ports.lastGood;
    const { companions, shippedCompanions, rehearsal } = rowOf(kind);
    const payloads = (
      kinds: readonly BundleKind[],
      versionOf: (each: BundleKind) => number | undefined,
    ): PayloadsByKind =>
      Object.fromEntries(
        kinds.flatMap((each) => {
          const version = versionOf(each);
          const bytes = version === undefined ? undefined : store.payload(each, version);
          return bytes === undefined ? [] : [[each, bytes]];
        }),
      );
    // No more than is asked: lists are large, and signals come every few minutes.
    const asked = [...new Set([...companions, ...(rehearsal?.beside ?? [])])];
    const current = payloads(asked, (each) => this.#running[each]);
    const shipped = payloads(shippedCompanions, () => 0);
    return { kind, payload, acceptShift, current, shipped, heads: this.#sample.list() };
  }

  #activate(slot: number): Promise<ActivationOutcome> {
    return this.fleet.activate(slot, wantedOn(slot, this.#running, this.#trial), this.localKilled);
  }

  /** By workers that run nothing on trial: what one on trial refuses may be the trial. */
  async #activateAll(): Promise<readonly ActivationOutcome[]> {
    const trial = this.#trial;
    const outcomes = await Promise.all(
      this.fleet.ready().map(async ({ slot }) => {
        const isOnTrial = trial?.slots.has(slot) === true;
        const outcome = await this.#activate(slot);
        return isOnTrial ? [] : [outcome];
      }),
    );
    return outcomes.flat();
  }

  async #reconcileAll(): Promise<void> {
    await Promise.all(this.fleet.ready().map((worker) => this.#reconcile(worker)));
  }

  async #reconcile(worker: WorkerView): Promise<void> {
    const wanted = wantedOn(worker.slot, this.#running, this.#trial);
    // One that was never told read the local switches when it started: one may have been thrown since.
    if (worker.wasTold && worker.versions !== undefined && sameVersions(worker.versions, wanted)) return;
    const outcome = await this.#activate(worker.slot);
    if (outcome.kind === 'refused') {
      this.#ports.logger.error('worker-refused-current', { slot: worker.slot, findings: outcome.findings });
    }
  }

  #workerReady(worker: WorkerView): void {
    // A slot under trial is the rollout's.
    if (this.#trial?.slots.has(worker.slot)) return;
    void this.#reconcile(worker);
  }

  /** Deaths on a set that is already in force: after two young ones in a row what changed lately is the suspect. */
  #workerDied(death: WorkerDeath): void {
    const { slot, livedMs } = death;
    if (this.#trial?.slots.has(slot) || isByStranger(death)) return;
    if (livedMs > agentLimits.youngWorkerMs) {
      this.#deathsOnCurrent = 0;
      this.#hasDemoted = false;
    } else if (++this.#deathsOnCurrent >= agentLimits.deathsOnCurrentMax) {
      this.#demoteSuspect(`Worker ${slot} and others died ${this.#deathsOnCurrent} times in a row on it.`);
    }
  }

  /** Gives up one version at most for one row of deaths: the next cause may be no bundle at all. */
  #demoteSuspect(why: string): void {
    this.#deathsOnCurrent = 0;
    const { store } = this.#ports.lastGood;
    const kind = this.#hasDemoted ? undefined : this.#suspect();
    const version = kind === undefined ? undefined : this.#running[kind];
    if (kind === undefined || version === undefined) {
      this.#ports.logger.error('workers-die-on-current', { why, versions: this.#running });
      return;
    }
    // What is often the newest by chance may be given up in vain: what came before it may be next.
    this.#hasDemoted = !rowOf(kind).isOftenNewest;
    this.#quarantine(kind, version);
    const group = groupOf(kind);
    const others = bundleKinds.filter((other) => !group.includes(other));
    this.#running = { ...pick(this.#running, others), ...pick(store.currentSet().set.versions, group) };
    this.#refuse(kind, version, [{ reason: 'worker-died', message: `${kind} ${version} is given up. ${why}` }], 'edge');
    void this.#reconcileAll();
  }

  /** The kind that was confirmed last, lately enough to be the cause, and with something to go back to. */
  #suspect(): BundleKind | undefined {
    const { store } = this.#ports.lastGood;
    const { confirmedAtMs, current } = store.state().state;
    const nowMs = this.#ports.clock.wallMs();
    return bundleKinds
      .filter((kind) => {
        const version = this.#running[kind] ?? 0;
        if (rowOf(kind).demotion === 'never' || version === 0 || current[kind] !== version) return false;
        const ageMs = nowMs - (confirmedAtMs[kind] ?? Number.NEGATIVE_INFINITY);
        return Math.abs(ageMs) <= agentLimits.suspectMs && store.hasBelow(kind, version);
      })
      .sort((one, other) => (confirmedAtMs[other] ?? 0) - (confirmedAtMs[one] ?? 0))[0];
  }

  #warnOf(findings: readonly Finding[]): void {
    for (const finding of findings) this.#ports.logger.error('last-good-not-written', { ...finding });
  }
}

/** What the header claims, for the report of a refusal alone; 0 when there is no readable header. */
function claimedVersion(bytes: Uint8Array, kind: BundleKind): number {
  const envelope = readEnvelope(bytes, kind);
  return envelope.ok ? envelope.value.version : 0;
}

function refusal(outcomes: readonly ActivationOutcome[]): readonly Finding[] | undefined {
  return outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.findings] : []))[0];
}
