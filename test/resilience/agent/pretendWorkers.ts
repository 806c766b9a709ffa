import type { KindVersions } from '../../../src/contract/bundleKind.ts';
import type { Switch } from '../../../src/contract/kinds/switchesFile.ts';
import type { FromAgent, FromWorker, ToAgent, WorkerHealth } from '../../../src/contract/processMessages.ts';
import type { LastGoodStore } from '../../../src/lastgood/index.ts';

export const healthy: WorkerHealth = {
  requests: 0,
  status5xxOwn: 0,
  upstreamFailures: 0,
  refusals: 0,
  moduleFailures: 0,
  logRecordsDropped: 0,
  rejected: {},
  latencyP99Ms: 1,
  rssBytes: 1,
};

export interface PretendWorkersOptions {
  readonly workers: number;
  /** What the workers read; a store of their own, as in real processes. */
  readonly store: LastGoodStore;
  readonly toAgent: (message: ToAgent) => void;
  /** What a worker does when it is told to activate: 'well' answers, 'refuse' refuses, 'die' ends it. */
  /** While it says so, a worker that is told these versions takes its time. */
  readonly hold?: (versions: KindVersions) => boolean;
  readonly behaviour: (
    slot: number,
    versions: KindVersions,
  ) => 'well' | 'refuse' | 'die' | 'killed' | 'die-later' | 'fail';
}

/**
 * Supervisor and workers of one edge in this process, for tests of the agent that need thousands of runs: they read the
 * real store and send the real messages, and only serve nobody.
 */
export class PretendWorkers {
  readonly #options: PretendWorkersOptions;
  readonly #running = new Map<number, { pid: number; versions: KindVersions; health: WorkerHealth }>();
  readonly #timer: NodeJS.Timeout;
  /** What workers were told to run, in order. */
  readonly told: KindVersions[] = [];
  readonly #killed = new Map<number, readonly Switch[]>();
  #nextPid = 1_000;
  #isOver = false;

  constructor(options: PretendWorkersOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#beat(), 5);
  }

  /** Starts all workers; call when the agent can hear. */
  start(): void {
    for (let slot = 1; slot <= this.#options.workers; slot++) this.#startWorker(slot);
  }

  stop(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
  }

  versions(): KindVersions[] {
    return [...this.#running.values()].map(({ versions }) => versions);
  }

  /** The local switches that the slot's worker acts on. */
  killed(slot: number): readonly Switch[] {
    return this.#killed.get(slot) ?? [];
  }

  fromAgent(message: FromAgent): void {
    if (message.type !== 'to-worker' || message.message.type !== 'activate') return;
    const { slot } = message;
    const { id, versions, localKilled } = message.message;
    this.told.push(versions);
    this.#killed.set(slot, localKilled);
    setImmediate(() => this.#activate(slot, id, versions));
  }

  #activate(slot: number, id: number, versions: KindVersions): void {
    const worker = this.#running.get(slot);
    if (worker === undefined || this.#isOver) return;
    if (this.#options.hold?.(versions)) {
      setTimeout(() => this.#activate(slot, id, versions), 5);
      return;
    }
    const behaviour = this.#options.behaviour(slot, versions);
    if (behaviour === 'killed') {
      this.kill(slot);
      return;
    }
    if (behaviour === 'die') {
      this.#die(slot);
      return;
    }
    const read = this.#options.store.readSet(versions);
    if (behaviour === 'refuse' || !read.ok) {
      const findings = read.ok ? [{ reason: 'schema-invalid' as const, message: 'as told' }] : read.error;
      this.#say(slot, { type: 'refused', id, findings });
      return;
    }
    worker.versions = versions;
    if (behaviour === 'fail') worker.health = { ...worker.health, requests: 10, moduleFailures: 10 };
    this.#say(slot, { type: 'activated', id, versions });
    if (behaviour === 'die-later') setTimeout(() => this.#die(slot), 2);
  }

  /** Another process takes the slot over, in order; it says after `readyMs` that it is ready. */
  replace(slot: number, readyMs = 0): void {
    this.#startWorker(slot, readyMs);
  }

  /** SIGKILL by somebody else. */
  kill(slot: number): void {
    this.#die(slot, null, 'SIGKILL');
  }

  #die(slot: number, code: number | null = 70, signal: string | null = null): void {
    this.#running.delete(slot);
    this.#options.toAgent({ type: 'worker-died', slot, code, signal, hung: false });
    setTimeout(() => this.#startWorker(slot), 2);
  }

  #startWorker(slot: number, readyMs = 0): void {
    if (this.#isOver) return;
    const pid = this.#nextPid++;
    const { set, missing } = this.#options.store.currentSet();
    this.#running.set(slot, { pid, versions: set.versions, health: healthy });
    this.#killed.delete(slot);
    this.#options.toAgent({ type: 'worker-started', slot, pid });
    const ready = () => this.#say(slot, { type: 'ready', versions: set.versions, missing });
    if (readyMs === 0) ready();
    else setTimeout(ready, readyMs);
  }

  #beat(): void {
    for (const [slot, { health }] of this.#running) this.#say(slot, { type: 'heartbeat', health });
  }

  #say(slot: number, message: FromWorker): void {
    this.#options.toAgent({ type: 'from-worker', slot, message });
  }
}
