import type { KindVersions } from '../contract/bundleKind.ts';
import type { Finding } from '../contract/finding.ts';
import type { Switch } from '../contract/kinds/switchesFile.ts';
import type { FromAgent, FromWorker, ToAgent, WorkerHealth } from '../contract/processMessages.ts';
import type { RequestHeadParts } from '../http/index.ts';
import type { TimerClock } from '../kernel/clock.ts';
import { agentLimits } from './limits.ts';

/** One slot's worker as the agent knows it. */
export interface WorkerView {
  readonly slot: number;
  readonly pid: number;
  readonly startedAtMs: number;
  /** Whether it was told what to run since it is ready; before, it may act on local switches of an earlier moment. */
  wasTold: boolean;
  /** undefined until it is ready. */
  versions: KindVersions | undefined;
  health: WorkerHealth | undefined;
  healthAtMs: number;
  /** Recent heartbeats, oldest first; at most `agentLimits.heartbeatsMax`. */
  readonly history: { readonly atMs: number; readonly health: WorkerHealth }[];
}

export interface WorkerDeath {
  readonly slot: number;
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
  readonly hung: boolean;
  readonly livedMs: number;
}

export type ActivationOutcome =
  | { readonly kind: 'activated' }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }
  /** The process is gone, or was never there. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'silent' };

export interface FleetListener {
  onReady(worker: WorkerView): void;
  onDeath(death: WorkerDeath): void;
  onSample(slot: number, heads: readonly RequestHeadParts[]): void;
}

/** The workers behind the supervisor: what they run, how they do, and telling them to activate a set. */
export class WorkerFleet {
  readonly #send: (message: FromAgent) => void;
  readonly #clock: TimerClock;
  readonly #workers = new Map<number, WorkerView>();
  /** The last death in each slot. */
  readonly #deaths = new Map<number, WorkerDeath>();
  readonly #pending = new Map<number, { slot: number; settle: (outcome: ActivationOutcome) => void }>();
  readonly #waiting = new Set<() => void>();
  #nextId = 1;

  constructor(send: (message: FromAgent) => void, clock: TimerClock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** Workers that serve, by slot. */
  ready(): readonly WorkerView[] {
    return [...this.#workers.values()]
      .filter((worker) => worker.versions !== undefined)
      .sort((one, other) => one.slot - other.slot);
  }

  all(): readonly WorkerView[] {
    return [...this.#workers.values()].sort((one, other) => one.slot - other.slot);
  }

  worker(slot: number): WorkerView | undefined {
    return this.#workers.get(slot);
  }

  /** The health that `slot` told about `msAgo` ago; the oldest known when it is younger. */
  healthAgo(slot: number, msAgo: number): WorkerHealth | undefined {
    const history = this.#workers.get(slot)?.history ?? [];
    const thenMs = this.#clock.monotonicMs() - msAgo;
    return (history.findLast(({ atMs }) => atMs <= thenMs) ?? history[0])?.health;
  }

  /** How the process `pid` of `slot` ended: of itself, by a stranger's SIGKILL, or in order, with another in its place. */
  endOf(slot: number, pid: number | undefined): 'died' | 'killed' | 'replaced' {
    const death = this.#deaths.get(slot);
    if (death === undefined || death.pid !== pid) return 'replaced';
    return isByStranger(death) ? 'killed' : 'died';
  }

  isReady(slot: number): boolean {
    return this.#workers.get(slot)?.versions !== undefined;
  }

  handle(message: ToAgent, listener: FleetListener): void {
    switch (message.type) {
      case 'worker-started': {
        const { slot, pid, livedMs = 0 } = message;
        const known = this.#workers.get(slot);
        // The same process is announced again when a new agent starts; another one in the slot replaced the old.
        if (known !== undefined && known.pid !== pid) this.#settleSlot(slot, { kind: 'gone' });
        const startedAtMs = this.#clock.monotonicMs() - livedMs;
        const view = {
          slot,
          pid,
          startedAtMs,
          wasTold: false,
          versions: undefined,
          health: undefined,
          healthAtMs: 0,
          history: [],
        };
        this.#workers.set(slot, view);
        this.#changed();
        return;
      }
      case 'worker-died':
        this.#died(message, listener);
        return;
      case 'from-worker':
        this.#fromWorker(message.slot, message.message, listener);
        return;
      default:
        return;
    }
  }

  /** Tells one worker to run exactly `versions`. Never rejects; settles within `agentLimits.activateMsMax`. */
  activate(slot: number, versions: KindVersions, localKilled: readonly Switch[]): Promise<ActivationOutcome> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const timer = this.#clock.after(agentLimits.activateMsMax, () => settle({ kind: 'silent' }));
      const settle = (outcome: ActivationOutcome) => {
        timer.cancel();
        this.#pending.delete(id);
        resolve(outcome);
      };
      if (!this.isReady(slot)) return settle({ kind: 'gone' });
      this.#pending.set(id, { slot, settle });
      const worker = this.#workers.get(slot);
      if (worker !== undefined) worker.wasTold = true;
      this.#send({ type: 'to-worker', slot, message: { type: 'activate', id, versions, localKilled } });
    });
  }

  /** Resolves with whether `condition` holds, as soon as it does or after `msMax`; asked whenever a worker changes. */
  until(condition: () => boolean, msMax: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (holds: boolean) => {
        timer.cancel();
        this.#waiting.delete(ask);
        resolve(holds);
      };
      const timer = this.#clock.after(msMax, () => finish(condition()));
      const ask = () => {
        if (condition()) finish(true);
      };
      this.#waiting.add(ask);
    });
  }

  #fromWorker(slot: number, message: FromWorker, listener: FleetListener): void {
    const worker = this.#workers.get(slot);
    if (worker === undefined) return;
    switch (message.type) {
      case 'ready':
        worker.versions = message.versions;
        listener.onReady(worker);
        break;
      case 'heartbeat':
        worker.health = message.health;
        worker.healthAtMs = this.#clock.monotonicMs();
        worker.history.push({ atMs: worker.healthAtMs, health: message.health });
        if (worker.history.length > agentLimits.heartbeatsMax) worker.history.shift();
        break;
      case 'activated':
        worker.versions = message.versions;
        this.#settle(message.id, { kind: 'activated' });
        break;
      case 'refused':
        this.#settle(message.id, { kind: 'refused', findings: message.findings });
        break;
      case 'sample':
        listener.onSample(slot, message.heads);
        break;
    }
    this.#changed();
  }

  #died(message: Extract<ToAgent, { type: 'worker-died' }>, listener: FleetListener): void {
    const { slot, code, signal, hung } = message;
    const worker = this.#workers.get(slot);
    const livedMs = message.livedMs ?? (worker === undefined ? 0 : this.#clock.monotonicMs() - worker.startedAtMs);
    const death = { slot, pid: worker?.pid ?? 0, code, signal, hung, livedMs };
    this.#workers.delete(slot);
    this.#deaths.set(slot, death);
    this.#settleSlot(slot, { kind: 'gone' });
    listener.onDeath(death);
    this.#changed();
  }

  #settle(id: number, outcome: ActivationOutcome): void {
    this.#pending.get(id)?.settle(outcome);
  }

  #settleSlot(slot: number, outcome: ActivationOutcome): void {
    for (const pending of [...this.#pending.values()]) if (pending.slot === slot) pending.settle(outcome);
  }

  #changed(): void {
    for (const ask of [...this.#waiting]) ask();
  }
}

/** SIGKILL that the supervisor did not send came from a person or the kernel, not from a bundle. */
export function isByStranger({ signal, hung }: WorkerDeath): boolean {
  return signal === 'SIGKILL' && !hung;
}
