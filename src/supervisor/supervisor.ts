import type { ChildProcess } from 'node:child_process';
import { type KindVersions, sameVersions } from '../contract/bundleKind.ts';
import type { ReplacementCause } from '../contract/metrics/labelValues.ts';
import {
  agentSilenceMs,
  type FromAgent,
  type FromWorker,
  heartbeatSilenceMs,
  type ToAgent,
  type ToWorker,
} from '../contract/processMessages.ts';
import type { WorkerStart } from '../contract/workerStart.ts';
import { unreachable } from '../kernel/assert.ts';
import type { Timer, TimerClock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { EdgeView } from './admin/edgeView.ts';
import { Child } from './child.ts';
import { supervisorLimits } from './limits.ts';
import { MemoryWatch } from './memoryWatch.ts';
import { afterDeath, noDeaths, restartDelayMs, startsOnPrevious } from './restartPolicy.ts';
import { viewOfSlots } from './viewOfSlots.ts';
import { emptySlot, processesOf, versionsText, type WorkerProcess, type WorkerSlot } from './workerSlot.ts';

export interface SupervisorPorts {
  /** Starts a worker process with the slot's sockets as descriptors from `listenDescriptor` on. */
  startWorker(slot: number, rung: WorkerStart['rung'], descriptors: readonly number[]): ChildProcess;
  startAgent(): ChildProcess;
  readonly clock: TimerClock;
  readonly logger: Logger;
  /** Whether a worker with these versions can serve what this edge was started for. */
  serves(versions: KindVersions): boolean;
  /** A worker that holds more is replaced. Left away: no bound. */
  readonly workerRssBytesMax?: number;
  /** A reload is over, well or not: the log says which. */
  onReloaded?(): void;
  /** Called once: all workers serve, or `supervisorLimits.firstServeMsMax` have passed since the first one was ready. */
  onFirstReady(): void;
}

/**
 * Keeps one worker in every slot and one agent, and carries their messages. It judges processes (silent, dead), never
 * content: what a bundle did is the agent's business, and workers serve from last good without one.
 */
export class Supervisor {
  readonly #ports: SupervisorPorts;
  readonly #slots: readonly WorkerSlot[];
  #agent: Child<FromAgent, ToAgent> | undefined;
  #agentDeaths = noDeaths;
  #agentTimer: Timer | undefined;
  /** Workers were started one rung lower and no agent knows yet. */
  #currentKills = false;
  #wasReady = false;
  #firstServeTimer: Timer | undefined;
  #isStopping = false;
  #checkTimer: Timer | undefined;
  #checkedAtMs = 0;
  /** Slots that wait for their turn to be replaced; at most one is being replaced. */
  #toReplace: WorkerSlot[] = [];
  #onAllEnded: (() => void) | undefined;
  /** Waits for an agent's word. */
  #isReloading = false;
  /** none; workers: they are being replaced; failed: one could not be; agent: it ends, to be replaced. */
  #upgrade: 'none' | 'workers' | 'failed' | 'agent' = 'none';
  #agentDied = 0;
  readonly #startedWallMs: number;

  constructor(slots: readonly (readonly number[])[], ports: SupervisorPorts) {
    this.#ports = ports;
    this.#startedWallMs = ports.clock.wallMs();
    this.#slots = slots.map((descriptors, index) => emptySlot(index + 1, descriptors));
  }

  start(): void {
    // Workers first: they serve from last good whether or not an agent ever comes.
    for (const slot of this.#slots) this.#startActive(slot);
    this.#startAgent();
    this.#checkedAtMs = this.#ports.clock.monotonicMs();
    this.#checkTimer = this.#ports.clock.every(supervisorLimits.checkEveryMs, () => this.#check());
  }

  /** SIGHUP. */
  reload(): void {
    this.#isReloading = true;
    // An agent that starts reads the configuration anyway.
    if (!this.#toAgent({ type: 'reload' })) this.#reloaded();
  }

  /** Replaces every worker by a new process, one slot after another; nobody's request is lost. */
  replaceAll(): void {
    for (const slot of this.#slots) this.#replaceLater(slot, 'asked');
  }

  /**
   * SIGUSR2: runs the code that is on the disk now. Workers first, as in `replaceAll`; then the agent, which nobody waits
   * for. With a worker that cannot start, the others and the agent stay as they are. This process stays: it owns the sockets.
   */
  upgrade(): void {
    if (this.#isStopping || this.#upgrade === 'workers' || this.#upgrade === 'agent') return;
    this.#upgrade = 'workers';
    this.#ports.logger.info('upgrade-started');
    this.replaceAll();
  }

  /** For the admin socket. */
  view(): EdgeView {
    return {
      isStopping: this.#isStopping,
      startedWallMs: this.#startedWallMs,
      slots: viewOfSlots(this.#slots, (versions) => this.#ports.serves(versions), this.#ports.clock.monotonicMs()),
      agent: { pid: this.#agent?.pid ?? null, deaths: this.#agentDied },
    };
  }

  /** Ends everything: open requests may finish within `deadlineMs`. Resolves when the last process is gone. */
  stop(deadlineMs: number): Promise<void> {
    this.#isStopping = true;
    this.#checkTimer?.cancel();
    this.#firstServeTimer?.cancel();
    this.#agentTimer?.cancel();
    this.#agent?.signal('SIGTERM');
    this.#agent?.killAfter(Math.min(deadlineMs, supervisorLimits.killGraceMs * 2));
    for (const slot of this.#slots) {
      slot.restartTimer?.cancel();
      for (const worker of processesOf(slot)) this.#drain(worker, deadlineMs);
    }
    return new Promise((resolve) => {
      this.#onAllEnded = resolve;
      this.#endIfAllEnded();
    });
  }

  #startActive(slot: WorkerSlot): void {
    const agentIsAlive = this.#agent !== undefined;
    const rung = startsOnPrevious(slot.deaths, agentIsAlive) ? 'previous' : 'current';
    if (rung === 'previous') {
      this.#ports.logger.error('worker-starts-on-previous', { slot: slot.number, deaths: slot.deaths.inRowOnStored });
      this.#tellCurrentKills();
    }
    slot.active = this.#startWorker(slot, rung);
    if (slot.active !== undefined) {
      this.#tellStarted(slot, slot.active);
      return;
    }
    slot.deaths = afterDeath(slot.deaths, 0, false);
    this.#restartLater(slot);
  }

  /** Once for a row of deaths: what the agent decides upon it is on the disk before the next start. */
  #tellCurrentKills(): void {
    this.#currentKills = !this.#toAgent({ type: 'current-kills' });
    if (this.#currentKills) return;
    for (const slot of this.#slots) slot.deaths = { ...slot.deaths, inRowOnStored: 0 };
  }

  /** undefined when the system gives no process now (no memory, too many). */
  #startWorker(slot: WorkerSlot, rung: WorkerStart['rung']): WorkerProcess | undefined {
    const process = this.#spawned('worker', () => this.#ports.startWorker(slot.number, rung, slot.descriptors));
    if (process === undefined) return undefined;
    const child = new Child<FromWorker, ToWorker>(
      process,
      this.#ports.clock,
      (message) => this.#fromWorker(slot, worker, message),
      (code, signal) => this.#workerEnded(slot, worker, code, signal),
    );
    const worker: WorkerProcess = {
      child,
      ready: undefined,
      wasActivated: false,
      gauges: undefined,
      memory: new MemoryWatch(),
    };
    slot.ledger.starts += 1;
    return worker;
  }

  /** spawn tells some errors by an event and throws others. */
  #spawned(what: string, spawn: () => ChildProcess): ChildProcess | undefined {
    try {
      return spawn();
    } catch (error) {
      this.#ports.logger.error('process-not-started', { what, error: String(error) });
      return undefined;
    }
  }

  #fromWorker(slot: WorkerSlot, worker: WorkerProcess, message: FromWorker): void {
    worker.child.heardAtMs = this.#ports.clock.monotonicMs();
    if (message.type === 'counts') {
      worker.gauges = message.counts.gauges;
      slot.ledger.sums.take(worker, message.counts.counters);
      return; // The agent has no use for them.
    }
    if (message.type === 'heartbeat') this.#watchMemory(slot, worker, message.health.rssBytes);
    if (message.type === 'ready') {
      worker.ready = message;
      this.#ports.logger.info('worker-ready', {
        slot: slot.number,
        pid: worker.child.pid,
        versions: versionsText(message.versions),
      });
      if (slot.incoming === worker) this.#promote(slot, worker);
    }
    if (message.type === 'activated' && worker.ready !== undefined) {
      worker.ready = { ...worker.ready, versions: message.versions };
    }
    if (!this.#wasReady && worker.ready !== undefined) this.#firstReady();
    if (slot.active === worker) this.#toAgent({ type: 'from-worker', slot: slot.number, message });
  }

  #watchMemory(slot: WorkerSlot, worker: WorkerProcess, rssBytes: number): void {
    const { clock, logger, workerRssBytesMax = Number.POSITIVE_INFINITY } = this.#ports;
    const livedMs = clock.monotonicMs() - worker.child.startedAtMs;
    if (slot.active !== worker || !worker.memory.isOver(rssBytes, workerRssBytesMax, livedMs)) return;
    logger.warn('worker-over-memory', {
      slot: slot.number,
      pid: worker.child.pid,
      rssBytes,
      rssBytesMax: workerRssBytesMax,
    });
    this.#replaceLater(slot, 'memory');
  }

  #firstReady(): void {
    const tell = () => {
      if (this.#wasReady) return;
      this.#wasReady = true;
      this.#firstServeTimer?.cancel();
      this.#ports.onFirstReady();
    };
    // One worker that serves is not enough: the kernel sends visitors to all of them.
    const allServe = this.#slots.every(({ active }) => active?.ready && this.#ports.serves(active.ready.versions));
    if (allServe) tell();
    else this.#firstServeTimer ??= this.#ports.clock.after(supervisorLimits.firstServeMsMax, tell);
  }

  #workerEnded(slot: WorkerSlot, worker: WorkerProcess, code: number | null, signal: string | null): void {
    slot.ledger.sums.forget(worker);
    if (slot.draining.delete(worker) || this.#isStopping) {
      if (slot.active === worker) slot.active = undefined;
      if (slot.incoming === worker) slot.incoming = undefined;
      this.#endIfAllEnded();
      return;
    }
    const livedMs = this.#ports.clock.monotonicMs() - worker.child.startedAtMs;
    slot.deaths = afterDeath(slot.deaths, livedMs, !worker.wasActivated);
    const { isHung: hung, pid } = worker.child;
    slot.ledger.died(signal, hung);
    this.#ports.logger.error('worker-died', {
      slot: slot.number,
      pid,
      code,
      signal,
      hung,
      livedMs: Math.round(livedMs),
    });
    if (slot.incoming === worker) {
      slot.incoming = undefined;
      this.#upgradeFails();
      this.#replaceNext(slot);
      return;
    }
    this.#toAgent({ type: 'worker-died', slot: slot.number, code, signal, hung, livedMs });
    slot.active = slot.incoming;
    slot.incoming = undefined;
    if (slot.active !== undefined) {
      this.#tellStarted(slot, slot.active);
      this.#replaceNext(slot);
    } else {
      this.#restartLater(slot);
    }
  }

  #restartLater(slot: WorkerSlot): void {
    slot.restartTimer?.cancel();
    slot.restartTimer = this.#ports.clock.after(restartDelayMs(slot.deaths), () => this.#startActive(slot));
  }

  #replaceLater(slot: WorkerSlot, why: ReplacementCause): void {
    if (this.#isStopping || this.#toReplace.includes(slot)) return;
    slot.replacedFor = why;
    this.#toReplace.push(slot);
    if (this.#toReplace.length === 1) this.#replaceNow(slot);
  }

  #replaceNow(slot: WorkerSlot): void {
    // A slot whose worker is dead gets a new one anyway.
    if (slot.active !== undefined) {
      slot.incoming = this.#startWorker(slot, 'current');
      if (slot.incoming === undefined) this.#upgradeFails();
    }
    if (slot.incoming === undefined) this.#replaceNext(slot);
  }

  /** What is on the disk does not run: whoever is left in the row is not given up for it. */
  #upgradeFails(): void {
    if (this.#upgrade !== 'workers') return;
    this.#upgrade = 'failed';
    this.#toReplace = this.#toReplace.slice(0, 1);
    this.#ports.logger.error('upgrade-failed', {
      message: 'a new worker did not start; the others and the agent stay',
    });
  }

  /** The replacement in `slot` is over, well or not. */
  #replaceNext(slot: WorkerSlot): void {
    if (this.#toReplace[0] !== slot) return;
    this.#toReplace.shift();
    const next = this.#toReplace[0];
    if (next !== undefined) this.#replaceNow(next);
    else if (this.#upgrade === 'workers') this.#replaceAgent();
    else if (this.#upgrade === 'failed') this.#upgrade = 'none';
  }

  #replaceAgent(): void {
    this.#upgrade = this.#agent === undefined ? 'none' : 'agent';
    this.#agent?.signal('SIGTERM');
    this.#agent?.killAfter(supervisorLimits.agentStopMs);
    if (this.#agent === undefined) this.#ports.logger.info('upgraded');
  }

  /** The new worker accepts on the same socket by now; the old one stops to, so that no connection is ever waiting alone. */
  #promote(slot: WorkerSlot, worker: WorkerProcess): void {
    const old = slot.active;
    slot.active = worker;
    slot.incoming = undefined;
    this.#tellStarted(slot, worker);
    if (old !== undefined) {
      slot.ledger.replacements[slot.replacedFor] += 1;
      slot.draining.add(old);
      this.#drain(old, supervisorLimits.drainMs);
    }
    this.#replaceNext(slot);
  }

  #drain(worker: WorkerProcess, deadlineMs: number): void {
    worker.child.send({ type: 'drain', deadlineMs, closeIdle: this.#isStopping });
    worker.child.killAfter(deadlineMs + supervisorLimits.killGraceMs);
  }

  #startAgent(): void {
    const process = this.#spawned('agent', () => this.#ports.startAgent());
    if (process === undefined) {
      this.#restartAgentLater(0);
      return;
    }
    const agent = new Child<FromAgent, ToAgent>(
      process,
      this.#ports.clock,
      (message) => {
        agent.heardAtMs = this.#ports.clock.monotonicMs();
        this.#fromAgent(message);
      },
      (code, signal) => this.#agentEnded(agent, code, signal),
    );
    this.#agent = agent;
    for (const slot of this.#slots) {
      if (slot.active === undefined) continue;
      this.#tellStarted(slot, slot.active);
      if (slot.active.ready === undefined) continue;
      this.#toAgent({ type: 'from-worker', slot: slot.number, message: slot.active.ready });
    }
    if (this.#currentKills) this.#tellCurrentKills();
  }

  #agentEnded(agent: Child<FromAgent, ToAgent>, code: number | null, signal: string | null): void {
    this.#agent = undefined;
    if (this.#isStopping) {
      this.#endIfAllEnded();
      return;
    }
    if (this.#isReloading) this.#reloaded();
    if (this.#upgrade === 'agent') {
      this.#upgrade = 'none';
      this.#ports.logger.info('upgraded');
      this.#startAgent();
      return;
    }
    this.#agentDied += 1;
    this.#ports.logger.error('agent-died', { pid: agent.pid, code, signal, hung: agent.isHung });
    this.#restartAgentLater(this.#ports.clock.monotonicMs() - agent.startedAtMs);
  }

  #restartAgentLater(livedMs: number): void {
    this.#agentDeaths = afterDeath(this.#agentDeaths, livedMs, false);
    this.#agentTimer = this.#ports.clock.after(restartDelayMs(this.#agentDeaths), () => this.#startAgent());
  }

  #fromAgent(message: FromAgent): void {
    switch (message.type) {
      case 'to-worker': {
        const worker = this.#slot(message.slot)?.active;
        if (worker === undefined) return;
        if (message.message.type === 'activate' && !runs(worker, message.message.versions)) worker.wasActivated = true;
        worker.child.send(message.message);
        return;
      }
      case 'replace-worker': {
        const slot = this.#slot(message.slot);
        if (slot !== undefined) this.#replaceLater(slot, 'asked');
        return;
      }
      case 'replace-workers':
        this.replaceAll();
        return;
      case 'reloaded':
        this.#reloaded();
        return;
      case 'heartbeat':
        return;
      default:
        unreachable(message);
    }
  }

  #reloaded(): void {
    this.#isReloading = false;
    this.#ports.onReloaded?.();
  }

  /** Kills what is silent: a process that hangs can be told by nothing else. */
  #check(): void {
    const nowMs = this.#ports.clock.monotonicMs();
    // When this process itself was stopped (suspended machine), silence of the others proves nothing.
    const wasStopped = nowMs - this.#checkedAtMs > heartbeatSilenceMs / 2;
    this.#checkedAtMs = nowMs;
    const { startMsMax } = supervisorLimits;
    for (const slot of this.#slots) {
      for (const worker of [slot.active, slot.incoming]) {
        if (worker === undefined) continue;
        this.#killIfSilent(
          worker.child,
          worker.ready === undefined ? startMsMax : heartbeatSilenceMs,
          nowMs,
          wasStopped,
        );
      }
    }
    if (this.#agent !== undefined) this.#killIfSilent(this.#agent, agentSilenceMs, nowMs, wasStopped);
  }

  #killIfSilent(child: Child<never, never>, silenceMsMax: number, nowMs: number, wasStopped: boolean): void {
    if (wasStopped) child.heardAtMs = nowMs;
    if (child.isHung || nowMs - child.heardAtMs <= silenceMsMax) return;
    child.isHung = true;
    this.#ports.logger.error('process-silent', { pid: child.pid, silenceMs: Math.round(nowMs - child.heardAtMs) });
    child.signal('SIGKILL');
  }

  #tellStarted(slot: WorkerSlot, worker: WorkerProcess): void {
    const livedMs = this.#ports.clock.monotonicMs() - worker.child.startedAtMs;
    this.#toAgent({ type: 'worker-started', slot: slot.number, pid: worker.child.pid, livedMs });
  }

  #toAgent(message: ToAgent): boolean {
    return this.#agent?.send(message) ?? false;
  }

  #slot(number: number): WorkerSlot | undefined {
    return this.#slots[number - 1];
  }

  #endIfAllEnded(): void {
    const isAllEnded = this.#agent === undefined && this.#slots.every((slot) => processesOf(slot).length === 0);
    if (this.#isStopping && isAllEnded) this.#onAllEnded?.();
  }
}

/** Being told once more of the set that it loaded from disk does not take the blame from that set. */
function runs({ ready }: WorkerProcess, versions: KindVersions): boolean {
  return ready !== undefined && sameVersions(ready.versions, versions);
}
