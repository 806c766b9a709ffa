import { setTimeout as sleep } from 'node:timers/promises';
import { treeCpuUs } from '../../bench/measure/processTree.ts';
import { dyingProcesses, requestsOf, sumOf } from './edgeCounts.ts';
import { type SoakRecord, warmUpShare } from './judge.ts';
import { everybodyOnce } from './load/everybodyOnce.ts';
import { MixedLoad } from './load/mixedLoad.ts';
import { World } from './load/world.ts';
import { descriptorsAtRest, descriptorsOf, perKind, pidsOf, rssBytesOf, type SoakSample } from './samples.ts';
import { type EdgePids, SoakedEdge } from './soakedEdge.ts';
import { startSoakOrigin } from './soakOrigin.ts';

export interface SoakSettings {
  readonly minutes: number;
  /** Visits per second, most of them one request. */
  readonly rate: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  /** Given to the edge's processes, for tests of the soak itself. */
  readonly environment?: NodeJS.ProcessEnv;
}

export interface SoakOutcome extends SoakRecord {
  readonly tallies: MixedLoad['tallies'];
  readonly failureTexts: readonly string[];
  /** By metric and label, those that are not 0. */
  readonly edgeCounts: Readonly<Record<string, number>>;
  readonly edgeCpuShare: number;
  readonly loadCpuShare: number;
  readonly loadStallMs: number;
  readonly reloads: number;
  readonly swaps: number;
}

/** Reloads and swaps of the feature file come in both compared windows alike. */
const reloadsMax = 24;
const reloadsPerMinute = 3;
const swapsMax = 12;
const swapsPerMinute = 2;
const samplesInAll = 720;
const sampleMsMin = 250;

/** A real edge under mixed load for so long; what it saw, unjudged. */
export async function soak(settings: SoakSettings): Promise<SoakOutcome> {
  const origin = await startSoakOrigin();
  try {
    const edge = await SoakedEdge.start(origin, settings.environment);
    try {
      return await new Soak(settings, edge, await edge.pids()).run();
    } finally {
      await edge.stop();
    }
  } finally {
    await origin.stop();
  }
}

class Soak {
  readonly #settings: SoakSettings;
  readonly #edge: SoakedEdge;
  readonly #pids: EdgePids;
  readonly #world: World;
  readonly #load: MixedLoad;
  readonly #samples: SoakSample[] = [];
  readonly #durationMs: number;
  /** Of load; the clock stands while it rests. */
  #loadMs = 0;
  #spanStartMs = 0;
  #reloads = 0;
  #swaps = 0;
  #changeFailures: string[] = [];

  constructor(settings: SoakSettings, edge: SoakedEdge, pids: EdgePids) {
    this.#settings = settings;
    this.#edge = edge;
    this.#pids = pids;
    this.#world = new World(edge.ports, settings.seed, settings.minutes);
    this.#load = new MixedLoad(this.#world, settings.rate);
    this.#durationMs = settings.minutes * 60_000;
  }

  async run(): Promise<SoakOutcome> {
    const startedAtMs = performance.now();
    const edgeCpuUs = treeCpuUs(this.#pids.supervisor);
    const ownCpu = process.cpuUsage();
    await everybodyOnce(this.#world);
    await this.#span(this.#durationMs * warmUpShare);
    const restAfterWarmUp = await this.#rest();
    await this.#span(this.#durationMs);
    const restAtEnd = await this.#rest();
    const tookUs = (performance.now() - startedAtMs) * 1_000;
    const own = process.cpuUsage(ownCpu);
    const metrics = await this.#edge.metrics();
    return {
      durationMs: this.#durationMs,
      samples: this.#samples,
      restAfterWarmUp,
      restAtEnd,
      visits: this.#load.went,
      failures: this.#load.failed + this.#changeFailures.length,
      leftOut: this.#load.leftOut,
      ownFaults: dyingProcesses(metrics, this.#pids, await this.#edge.pids()),
      tallies: this.#load.tallies,
      failureTexts: [...this.#changeFailures, ...this.#load.failures],
      edgeCounts: Object.fromEntries(
        [
          'rejections',
          'own_errors',
          'broken_answers',
          'module_failures',
          'circuit_openings',
          'log_records_dropped',
          'overloads',
        ]
          .flatMap((name) => sumOf(metrics, `holdfast_edge_${name}_total`))
          .filter(([, count]) => count > 0),
      ),
      edgeCpuShare: (treeCpuUs(this.#pids.supervisor) - edgeCpuUs) / tookUs,
      loadCpuShare: (own.user + own.system) / tookUs,
      loadStallMs: this.#load.stallMs,
      reloads: this.#reloads,
      swaps: this.#swaps,
    };
  }

  get #atMs(): number {
    return this.#loadMs + performance.now() - this.#spanStartMs;
  }

  /** Load, samples, reloads and swaps until so much of the time is over. */
  async #span(untilMs: number): Promise<void> {
    this.#spanStartMs = performance.now();
    this.#load.start();
    const everyMs = Math.max(sampleMsMin, this.#durationMs / samplesInAll);
    let changing: Promise<void> = Promise.resolve();
    let minute = Math.floor(this.#atMs / 60_000);
    while (this.#atMs < untilMs) {
      await sleep(Math.min(everyMs, untilMs - this.#atMs));
      await this.#sample();
      changing = this.#change(changing);
      if (Math.floor(this.#atMs / 60_000) === minute) continue;
      minute = Math.floor(this.#atMs / 60_000);
      this.#tell(minute);
    }
    this.#loadMs = untilMs;
    await changing;
  }

  async #rest(): Promise<SoakRecord['restAtEnd']> {
    await this.#load.rest();
    return descriptorsAtRest(this.#pids);
  }

  /** One change after the other, whenever one is due. */
  #change(before: Promise<void>): Promise<void> {
    const share = this.#atMs / this.#durationMs;
    const steps: (() => Promise<void>)[] = [];
    if (share * Math.min(reloadsMax, Math.ceil(reloadsPerMinute * this.#settings.minutes)) >= this.#reloads + 0.5) {
      this.#reloads += 1;
      steps.push(() => this.#edge.reload());
    }
    if (share * Math.min(swapsMax, Math.ceil(swapsPerMinute * this.#settings.minutes)) >= this.#swaps + 0.5) {
      this.#swaps += 1;
      steps.push(() => this.#edge.swapFeatures());
    }
    return steps.reduce(
      (sum, step) => sum.then(step).catch((error: unknown) => void this.#changeFailures.push(String(error))),
      before,
    );
  }

  async #sample(): Promise<void> {
    const metrics = await this.#edge.metrics();
    const heaps = metrics.filter(({ name }) => name === 'holdfast_edge_worker_heap_bytes');
    this.#samples.push({
      atMs: this.#atMs,
      rssBytes: perKind((kind) => pidsOf(this.#pids, kind).reduce((sum, pid) => sum + rssBytesOf(pid), 0)),
      heapBytes: heaps.reduce((sum, { value }) => sum + value, 0),
      descriptors: perKind((kind) => descriptorsOf(pidsOf(this.#pids, kind)).length),
      requests: requestsOf(metrics),
    });
  }

  #tell(minute: number): void {
    const { rssBytes, heapBytes, descriptors, requests } = this.#samples.at(-1)!;
    const mib = (bytes: number) => (bytes / (1 << 20)).toFixed(1);
    const memory = Object.entries(rssBytes).map(([kind, bytes]) => `${kind} ${mib(bytes)}`);
    const open = Object.values(descriptors).join('/');
    const { went, failed, leftOut } = this.#load;
    this.#settings.say(
      `minute ${minute}: MiB ${memory.join(', ')}, workers' heap ${mib(heapBytes)}; descriptors ${open}; ` +
        `${requests} requests, ${went} visits, ${failed} failed, ${leftOut} left out; ${this.#reloads} reloads, ${this.#swaps} swaps`,
    );
    for (const text of this.#load.failures.slice(0, 3)) this.#settings.say(`  ${text}`);
    for (const text of this.#changeFailures.slice(0, 3)) this.#settings.say(`  ${text}`);
  }
}
