import type { AddressInfo } from 'node:net';
import type { KindVersions } from '../../contract/bundleKind.ts';
import type { AccessLogTarget, ListenerKind } from '../../contract/edgeOptions.ts';
import { workerMemoryMiBMaxDefault } from '../../contract/edgeOptions.ts';
import type { Finding } from '../../contract/finding.ts';
import type { ModelFile } from '../../contract/kinds/modelFile.ts';
import type { Switch } from '../../contract/kinds/switchesFile.ts';
import { type FromWorker, heartbeatMs, type ToWorker, type WorkerHealth } from '../../contract/processMessages.ts';
import type { BotOperator } from '../../contract/verifiedBots.ts';
import { countsEveryMs, type WorkerCounts } from '../../contract/workerCounts.ts';
import type { Timer, TimerClock } from '../../kernel/clock.ts';
import { type FaultPoints, noFaults } from '../../kernel/faults.ts';
import type { Logger } from '../../kernel/log.ts';
import { systemRandom } from '../../kernel/random.ts';
import type { Result } from '../../kernel/result.ts';
import type { LoadedSet, StartingSet } from '../../lastgood/index.ts';
import { type ActiveSet, ActiveSetBuilder, emptyActiveSet } from '../activeSet/activeSet.ts';
import { selfCheck } from '../activeSet/selfCheck.ts';
import { Counters } from '../counts/counters.ts';
import type { ErrorReports } from '../counts/errorReports.ts';
import { LatencyHistogram } from '../counts/latencyHistogram.ts';
import type { Fetch, FetchEvents, FetchRequest } from '../exchange/fetch.ts';
import { edgeLimits } from '../exchange/limits.ts';
import { HttpListener, type ListenAt, type ListenerEvents } from '../listen/httpListener.ts';
import { TrustedPeers } from '../listen/trustedPeers.ts';
import { AccessFile } from '../log/accessFile.ts';
import { AccessLog } from '../log/accessLog.ts';
import { LogSender } from '../log/logSender.ts';
import { inOrder, type Modules, makeModules } from '../modules/all.ts';
import { type DescriptorShares, LoadMeter, Overload, shareDescriptors } from '../overload/index.ts';
import { PeerExchange, sharedSecret } from '../peers/index.ts';
import type { Guard } from '../pipeline/guard.ts';
import type { Module, ModulePorts } from '../pipeline/module.ts';
import { PathCompiler } from '../pipeline/sitePath.ts';
import type { ForwardingTimes } from '../request/forwarding.ts';
import { HeadSampler } from '../request/headSampler.ts';
import { RequestHandler } from '../request/requestHandler.ts';
import { Deadlines } from '../sockets/deadlines.ts';
import { ReadMemory } from '../sockets/readMemory.ts';
import { Turns } from '../sockets/turns.ts';
import { HttpUpstream } from '../upstream/httpUpstream.ts';
import { OriginFetch } from '../upstream/originFetch.ts';
import { Origins } from '../upstream/origins.ts';
import { gatherCounts } from './gatherCounts.ts';

/** Where a worker's sets come from; `LastGoodStore` in production. Neither throws. */
export interface SetSource {
  readSet(versions: KindVersions): Result<LoadedSet, readonly Finding[]>;
  currentSet(rung: 'current' | 'previous'): StartingSet;
}

/** What `main/` gives a worker. */
export interface EdgeWorkerPorts {
  readonly edge: string;
  readonly slot: number;
  readonly trustedProxies: readonly string[];
  /** Where it listens, in this order in `start`; one plain listener unless said otherwise. */
  readonly listeners?: readonly ListenerKind[];
  /** Above it the supervisor replaces this worker; well above it sheds load by itself. */
  readonly rssBytesMax?: number;
  /** What this process may have open; no bound when left away. */
  readonly descriptorsMax?: number;
  readonly logSocket: string | null;
  /** Where the workers of this edge have the sockets on which they tell each other what they saw; alone when left away. */
  readonly peersFolder?: string;
  /** Where the access log goes; nobody wants one when left away. */
  readonly accessLog?: AccessLogTarget | undefined;
  /** Operators of bots besides the shipped ones. */
  readonly botOperators?: readonly BotOperator[];
  readonly sets: SetSource;
  readonly guard: Guard;
  /** Puts another module in the place of one: a drill's counter-example, a test's fault. */
  readonly substitute?: (module: Module, ports: Omit<ModulePorts, 'fieldOf'>) => Module;
  readonly reports: ErrorReports;
  readonly clock: TimerClock;
  readonly logger: Logger;
  readonly faults?: FaultPoints;
  readonly times?: ForwardingTimes;
  /** How long a worker that starts without sites waits for them before it listens; it does not wait when left away. */
  readonly sitesWaitMs?: number;
  /** To the supervisor. */
  readonly send: (message: FromWorker) => void;
  /** Drained: nothing is open any more. */
  readonly onDrained: () => void;
}

const sampleEveryMs = 1_000;
/** What the receiver of the log may take at the end. */
const logCloseMs = 500;

/** One worker: accepts on its slot's socket, serves with one active set, swaps it when told, drains when told. */
export class EdgeWorker {
  readonly #ports: EdgeWorkerPorts;
  readonly #sets: ActiveSetBuilder;
  readonly #counters = new Counters();
  readonly #latency = new LatencyHistogram();
  readonly #samples = new HeadSampler();
  readonly #modules: Modules;
  readonly #upstream: HttpUpstream;
  readonly #origins: Origins;
  readonly #shares: DescriptorShares;
  readonly #overload: Overload;
  readonly #load: LoadMeter;
  readonly #log: LogSender;
  readonly #access: AccessLog | undefined;
  readonly #handler: RequestHandler;
  readonly #peers: PeerExchange | undefined;
  readonly #listeners: readonly HttpListener[];
  #timers: Timer[] = [];
  #isEnding = false;
  /** Listens after all, while this worker waits for its first sites. */
  #listenLate: (() => void) | undefined;

  constructor(ports: EdgeWorkerPorts) {
    this.#ports = ports;
    const sockets = { memory: new ReadMemory(), deadlines: new Deadlines(ports.clock), turns: new Turns() };
    this.#shares = shareDescriptors(ports.descriptorsMax ?? Number.POSITIVE_INFINITY);
    this.#overload = new Overload({
      rssBytesMax: ports.rssBytesMax ?? workerMemoryMiBMaxDefault << 20,
      connectionsMax: this.#visitorsMax,
    });
    this.#origins = new Origins(ports.clock, systemRandom);
    this.#upstream = new HttpUpstream(sockets, this.#origins, ports.clock, () => this.#hasDescriptors);
    this.#log = new LogSender(ports.logSocket, ports.clock);
    const identity = { edge: ports.edge, worker: ports.slot };
    const { accessLog, clock, guard, logger, reports } = ports;
    const modulePorts = {
      clock,
      seed: Math.floor(systemRandom.next() * 2 ** 32),
      secret: sharedSecret(ports.peersFolder),
      botOperators: ports.botOperators ?? [],
      askNames: (addresses: readonly string[]) => ports.send({ type: 'ask-names', addresses }),
      fetch: (request: FetchRequest, events: FetchEvents) => this.#fetch(sockets.deadlines, request, events),
    } satisfies Omit<ModulePorts, 'fieldOf'>;
    this.#modules = makeModules(modulePorts);
    const modules = inOrder(this.#modules).map((module) => ports.substitute?.(module, modulePorts) ?? module);
    this.#sets = new ActiveSetBuilder(new PathCompiler(modules, guard));
    this.#access = accessLog && new AccessLog({ identity, file: new AccessFile(accessLog), clock, logger, reports });
    this.#handler = new RequestHandler({
      identity,
      clock: ports.clock,
      guard: ports.guard,
      upstream: this.#upstream,
      origins: this.#origins,
      overload: this.#overload,
      deadlines: sockets.deadlines,
      turns: sockets.turns,
      log: this.#log,
      access: this.#access,
      reports: ports.reports,
      counters: this.#counters,
      latency: this.#latency,
      samples: this.#samples,
      modules,
      ...(ports.times === undefined ? {} : { times: ports.times }),
    });
    const { peersFolder } = ports;
    this.#peers =
      peersFolder === undefined
        ? undefined
        : new PeerExchange({
            folder: peersFolder,
            slot: ports.slot,
            pid: process.pid,
            topics: inOrder(this.#modules).flatMap(({ topics = [] }) => topics),
            clock,
            logger,
          });
    const events: ListenerEvents = {
      onExchange: (exchange) => this.#handler.handle(exchange),
      onRejection: (reason) => {
        this.#counters.rejected[reason] += 1;
      },
      onFailure: (error) => ports.reports.add('listener', error),
      isFull: () => this.#connections >= this.#visitorsMax,
      shedsConnections: () => this.#overload.sheds('connection'),
    };
    const trusted = new TrustedPeers(ports.trustedProxies, (peer) =>
      logger.warn('proxy-not-named', {
        peer,
        message: `X-Forwarded-For comes from ${peer}, which is none of trustedProxies: all its visitors are judged as one. If it is your proxy, name it there.`,
      }),
    );
    this.#listeners = (ports.listeners ?? [{}]).map(
      (kind) => new HttpListener(trusted, sockets, events, ports.times?.bodyIdleMs, kind),
    );
    this.#load = new LoadMeter({
      clock: ports.clock,
      overload: this.#overload,
      connections: () => this.#connections,
    });
  }

  /**
   * Loads the best set there is, listens, and says so; with the ports, none while it waits for its first sites. Rejects only
   * when the socket cannot be listened on.
   */
  async start(
    where: ListenAt | readonly ListenAt[],
    rung: 'current' | 'previous',
    localKilled: readonly Switch[],
  ): Promise<{ readonly port: number; readonly ports: readonly number[] }> {
    const { clock, sets, send } = this.#ports;
    const { set, missing } = sets.currentSet(rung);
    const built = this.#build(set, localKilled);
    this.#handler.activate(built.ok ? built.value : { ...emptyActiveSet, killed: new Set(localKilled) });
    this.#origins.start();
    this.#peers?.start();
    const places = [where].flat() as readonly ListenAt[];
    const { sitesWaitMs = 0 } = this.#ports;
    const waits = sitesWaitMs > 0 && this.#handler.active.sites === undefined;
    if (waits) this.#waitForSites(places, sitesWaitMs);
    const addresses = waits ? [] : await this.#listen(places);
    send({
      type: 'ready',
      versions: this.#handler.active.versions,
      missing: built.ok ? missing : [...missing, ...built.error],
    });
    this.#timers.push(
      clock.every(heartbeatMs, () => send({ type: 'heartbeat', health: this.health() })),
      clock.every(countsEveryMs, () => send({ type: 'counts', counts: this.counts() })),
      clock.every(sampleEveryMs, () => this.#sendSamples()),
    );
    const ports = addresses.map(({ port }) => port);
    return { port: ports[0] ?? 0, ports };
  }

  /**
   * At a first start the workers get their sites one after another, and the kernel spreads visitors over all sockets that
   * listen: one that did without sites would answer 503 beside another that serves already.
   */
  #waitForSites(places: readonly ListenAt[], msMax: number): void {
    this.#listenLate = () => {
      timer.cancel();
      this.#listenLate = undefined;
      void this.#listen(places); // What cannot be listened on ends the worker here, too.
    };
    const timer = this.#ports.clock.after(msMax, this.#listenLate);
    this.#timers.push(timer);
  }

  #listen(places: readonly ListenAt[]): Promise<AddressInfo[]> {
    return Promise.all(this.#listeners.map((listener, index) => listener.listen(places[index]!)));
  }

  onMessage(message: ToWorker): void {
    switch (message.type) {
      case 'activate':
        this.#activate(message.id, message.versions, message.localKilled);
        return;
      case 'shadow':
        this.#setShadow(message.model);
        return;
      case 'drain':
        this.drain(message.deadlineMs, message.closeIdle);
        return;
      case 'bot-evidence':
        this.#modules.verify.learn(message.evidence);
        return;
      case 'names':
        this.#modules.verify.learnNames(message.answers);
        return;
    }
  }

  /**
   * Stops accepting, answers what is open, then tells `onDrained`; after `deadlineMs` at the latest. With `closeIdle` idle
   * connections end at once: the edge itself is stopping, and nobody would take their next request.
   */
  drain(deadlineMs: number, closeIdle = false): void {
    if (closeIdle) for (const listener of this.#listeners) listener.closeIdle();
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#listenLate = undefined;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      deadline.cancel();
      this.#upstream.close();
      this.#peers?.close();
      this.#origins.stop();
      for (const timer of this.#timers) timer.cancel();
      Promise.all([this.#log.close(logCloseMs), this.#access?.close(logCloseMs)]).then(() => {
        const { dropped } = this.#log;
        if (dropped > 0) this.#ports.logger.warn('log-records-dropped', { records: dropped });
        this.#load.stop();
        this.#ports.send({ type: 'counts', counts: this.counts() });
        this.#ports.onDrained();
      });
    };
    const deadline = this.#ports.clock.after(deadlineMs, () => {
      for (const listener of this.#listeners) listener.destroyAll();
      end();
    });
    let open = this.#listeners.length;
    for (const listener of this.#listeners) {
      listener.drain(() => {
        open -= 1;
        if (open === 0) end();
      });
    }
  }

  health(): WorkerHealth {
    const { clock, guard } = this.#ports;
    const counters = this.#counters;
    return {
      requests: counters.requests,
      status5xxOwn: counters.status5xxOwn,
      upstreamFailures: counters.upstreamFailures,
      refusals: counters.refusals,
      moduleFailures: guard.failures,
      circuitOpenings: [...guard.modules.values()].reduce(
        (sum, { isBystander, openings }) => (isBystander ? sum : sum + openings),
        0,
      ),
      logRecordsDropped: this.#log.dropped,
      rejected: { ...counters.rejected },
      latencyP99Ms: this.#latency.quantileMs(0.99, clock.monotonicMs()),
      rssBytes: this.#load.rssBytes,
    };
  }

  counts(): WorkerCounts {
    return gatherCounts({
      counters: this.#counters,
      guard: this.#ports.guard,
      reports: this.#ports.reports,
      latency: this.#latency,
      groups: this.#origins,
      log: this.#log,
      access: this.#access,
      peers: this.#peers?.counts,
      observationsFull: this.#modules.bots.windows.lost,
      overload: this.#overload,
      load: this.#load,
      connections: this.#connections,
      idleConnections: this.#listeners.reduce((sum, listener) => sum + listener.idleConnections, 0),
      upstreamConnections: this.#upstream.connections,
      versions: this.versions,
    });
  }

  /** Workers of this edge that hear this one now. */
  get peers(): number {
    return this.#peers?.peers ?? 0;
  }

  get #connections(): number {
    return this.#listeners.reduce((sum, listener) => sum + listener.connections, 0);
  }

  get #visitorsMax(): number {
    return Math.min(edgeLimits.connectionsMax, this.#shares.visitorsMax);
  }

  /** Whether one more connection to an origin may be opened. */
  get #hasDescriptors(): boolean {
    return this.#connections + this.#upstream.connections < this.#shares.connectionsMax;
  }

  get versions(): KindVersions {
    return this.#handler.active.versions;
  }

  #activate(id: number, versions: KindVersions, localKilled: readonly Switch[]): void {
    const { faults = noFaults, logger, send, sets } = this.#ports;
    const loaded = sets.readSet(versions);
    const built = loaded.ok ? this.#build(loaded.value, localKilled) : loaded;
    if (!built.ok) {
      logger.warn('set-refused', { versions, findings: built.error });
      send({ type: 'refused', id, findings: built.error });
      return;
    }
    faults.reach('worker.before-swap');
    this.#handler.activate(built.value);
    if (built.value.sites !== undefined) this.#listenLate?.();
    faults.reach('worker.after-swap');
    send({ type: 'activated', id, versions: built.value.versions });
  }

  /** Never a reason to refuse anything: one that does not compile is left out and told. */
  #setShadow(model: ModelFile | null): void {
    const { logger } = this.#ports;
    try {
      this.#sets.shadow = model ?? undefined;
      const next = this.#sets.reshadowed(this.#handler.active);
      this.#handler.activate(next);
      logger.info('shadow-model', { name: model?.name ?? null, scores: next.shadow !== undefined });
    } catch (error) {
      this.#sets.shadow = undefined;
      logger.warn('shadow-model-refused', { error: String(error) });
    }
  }

  #build(set: LoadedSet, localKilled: readonly Switch[]): Result<ActiveSet, readonly Finding[]> {
    const built = this.#sets.build(set, localKilled);
    if (!built.ok) return built;
    const findings = selfCheck(built.value);
    return findings.length === 0 ? built : { ok: false, error: findings };
  }

  #fetch(deadlines: Deadlines, request: FetchRequest, events: FetchEvents): Fetch | undefined {
    const group = this.#origins.groupOf(request.site);
    if (group === undefined) return undefined;
    const fetch = new OriginFetch(deadlines, group, events);
    fetch.start(this.#upstream, request);
    return fetch;
  }

  #sendSamples(): void {
    const heads = this.#samples.take();
    if (heads.length > 0) this.#ports.send({ type: 'sample', heads });
  }
}
