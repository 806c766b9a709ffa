import { rmSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import type { UpOptions } from '../../cli/upOptions.ts';
import type { HoldfastConfig } from '../../config/index.ts';
import { type DataFolder, dataFolder } from '../../contract/dataFolder.ts';
import type {
  ControlAccess,
  EdgeOptions,
  HostPort,
  ListenerKind,
  ListenerOptions,
} from '../../contract/edgeOptions.ts';
import { clickhouseVariable } from '../../contract/factoryOptions.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import { siblingEntry } from '../../kernel/siblingEntry.ts';
import { readConfigFile } from '../processes/configFile.ts';
import { KeptProcess, type KeptProcessOptions } from '../processes/keptProcess.ts';
import { verifiedBotsOptions } from '../processes/verifiedBotsOptions.ts';
import { hasLastGood, prepareFolder, writeRunState } from './upFolder.ts';
import { UpLog } from './upLog.ts';

const factoryEveryS = { ordinary: 300, demo: 15 };
const stopDeadlineMs = { edge: 12_000, rest: 8_000 };

/** Everything that `holdfast up` runs, with where it runs and how to end it. */
export interface RunningUp {
  readonly folder: DataFolder;
  readonly edgeUrl: string;
  readonly controlUrl: string;
  readonly originUrl: string;
  readonly demo: boolean;
  readonly workers: number;
  readonly factoryEveryS: number;
  readonly clickhouseUrl: string | null;
  /** What the disk refused at the start; then there is no control and no factory. */
  readonly lacks: string | null;
  readonly processes: {
    readonly origin: KeptProcess | undefined;
    readonly control: KeptProcess;
    readonly edge: KeptProcess;
    readonly factory: KeptProcess;
  };
  /** Re-reads the configuration file: problems are returned and the running one stays. */
  reload(): Result<void, string>;
  stop(): Promise<void>;
}

/** An entry file, with arguments of its own in front where there are any. */
export type Entry = string | readonly string[];

export interface UpPorts {
  /** Every log line of every process, already written to the log file. */
  readonly onLine: (line: string) => void;
  /** Aborted when it should end although it is not up yet. */
  readonly signal?: AbortSignal;
  /** Entry files; a drill starts others. */
  readonly entries: {
    readonly control: Entry;
    readonly edge: Entry;
    readonly factory: Entry;
    readonly demoOrigin: Entry;
  };
}

export const ordinaryEntries: UpPorts['entries'] = {
  control: siblingEntry(import.meta.url, '../control'),
  edge: siblingEntry(import.meta.url, '../supervisor'),
  factory: siblingEntry(import.meta.url, '../factory'),
  demoOrigin: siblingEntry(import.meta.url, '../demoOrigin'),
};

/**
 * Starts origin (the demo's), control, edge and factory; each is started again when it dies. An edge that has served before
 * needs none of the others: it comes up whatever they do, and they are tried again and again. The error is a text for the
 * person who started it, several lines where a configuration has several problems.
 */
export async function startUp(options: UpOptions, ports: UpPorts): Promise<Result<RunningUp, string>> {
  const config = options.configPath === undefined ? undefined : readConfigFile(options.configPath);
  if (config !== undefined && !config.ok) return config;
  const folder = dataFolder(options.data);
  const prepared = prepareFolder(folder);
  if (!prepared.ok) return prepared;
  const plan = planOf(options, config?.value);
  const log = new UpLog(folder.logFile, ports.onLine);
  const { lacks } = prepared.value;
  if (lacks !== null)
    log.event('edge-alone', { message: `no control and no factory, because the disk refuses: ${lacks}` });

  const fleet = new UpProcesses(options, plan, folder, ports.entries, log, lacks === null);
  const abandoned = new Promise<never>((_resolve, reject) => {
    const abandon = () => reject(new Error('ended before it was up'));
    if (ports.signal?.aborted) abandon();
    else ports.signal?.addEventListener('abort', abandon);
  });
  abandoned.catch(() => {}); // It matters only to the race below.
  try {
    await Promise.race([fleet.start(hasLastGood(folder)), abandoned]);
  } catch (error) {
    await fleet.stop();
    return err((error as Error).message);
  }
  fleet.writeState();
  return ok({
    folder,
    edgeUrl: urlOf(fleet.listen),
    controlUrl: urlOf(fleet.controlAt),
    lacks,
    originUrl: fleet.originUrl,
    demo: plan.demo,
    workers: plan.workers,
    factoryEveryS: plan.factoryEveryS,
    clickhouseUrl: plan.clickhouseUrl,
    processes: fleet,
    reload: () => {
      if (options.configPath === undefined) {
        return err('there is no configuration file to read again: it was started without --config');
      }
      const again = readConfigFile(options.configPath);
      if (!again.ok) return again;
      fleet.edge.signal('SIGHUP');
      return ok(undefined);
    },
    stop: () => fleet.stop(),
  });
}

/** Flags first, then the file, then what is usual. */
interface Plan {
  readonly demo: boolean;
  readonly listen: HostPort;
  readonly listenAs: ListenerKind;
  readonly listeners: readonly ListenerOptions[];
  readonly controlListen: HostPort;
  readonly workers: number;
  readonly trustedProxies: readonly string[];
  readonly edgeExtras: Pick<EdgeOptions, 'adminListen' | 'workerMemoryMiBMax' | 'accessLog' | 'verifiedBots'>;
  readonly factoryEveryS: number;
  readonly clickhouseUrl: string | null;
}

function planOf(options: UpOptions, said: HoldfastConfig | undefined): Plan {
  const accessLog = options.accessLog ?? said?.accessLog;
  const demo = said === undefined && options.origin === undefined;
  return {
    demo,
    listen: options.listen ?? said?.listen ?? { host: '127.0.0.1', port: 8080 },
    // A flag replaces the whole of what the file says.
    listenAs: (options.listen === undefined && said?.listenAs) || {},
    listeners: (options.listen === undefined && said?.listeners) || [],
    controlListen: options.controlListen ?? said?.controlListen ?? { host: '127.0.0.1', port: 8081 },
    workers: options.workers ?? said?.workers ?? availableParallelism(),
    trustedProxies: [...options.trustedProxies, ...(said?.trustedProxies ?? [])],
    edgeExtras: {
      ...(said?.adminListen && { adminListen: said.adminListen }),
      ...(said?.workerMemoryMiBMax && { workerMemoryMiBMax: said.workerMemoryMiBMax }),
      ...(accessLog && { accessLog }),
      // The demo speaks to this machine alone.
      ...(!demo && { verifiedBots: verifiedBotsOptions(said) }),
    },
    factoryEveryS: options.factoryEveryS ?? said?.factoryEveryS ?? (demo ? factoryEveryS.demo : factoryEveryS.ordinary),
    clickhouseUrl: options.clickhouseUrl ?? said?.clickhouseUrl ?? null,
  };
}

/** The processes under `holdfast up`, with the addresses that are known once they listen. */
class UpProcesses {
  readonly origin: KeptProcess | undefined;
  readonly control: KeptProcess;
  readonly edge: KeptProcess;
  readonly factory: KeptProcess;
  listen: HostPort;
  controlAt: HostPort;
  originUrl: string;
  readonly #folder: DataFolder;
  readonly #log: UpLog;
  readonly #hasControl: boolean;

  constructor(
    options: UpOptions,
    plan: Plan,
    folder: DataFolder,
    entries: UpPorts['entries'],
    log: UpLog,
    hasControl: boolean,
  ) {
    this.#folder = folder;
    this.#log = log;
    this.#hasControl = hasControl;
    this.listen = plan.listen;
    this.controlAt = plan.controlListen;
    this.originUrl = options.origin ?? '';
    const access = (): ControlAccess => ({ url: urlOf(this.controlAt), tokenFile: folder.controlToken });
    const kept = (
      name: string,
      entry: Entry,
      argument: () => unknown,
      more: Pick<KeptProcessOptions, 'environment' | 'stdout'> = {},
    ) =>
      new KeptProcess({
        name,
        entry,
        argument,
        ...more,
        onLine: (line) => log.line(line),
        onEvent: (event, fields) => log.event(event, fields),
      });
    const originPort = () => ({ port: this.originUrl === '' ? 0 : Number(new URL(this.originUrl).port) });
    this.origin = plan.demo ? kept('demo origin', entries.demoOrigin, originPort) : undefined;
    this.control = kept('control', entries.control, () => ({ data: folder.root, listen: this.controlAt }));
    this.edge = kept(
      'edge',
      entries.edge,
      (): EdgeOptions => ({
        data: folder.root,
        edge: options.edge ?? edgeName(),
        listen: this.listen,
        listenAs: plan.listenAs,
        listeners: plan.listeners,
        workers: plan.workers,
        trustedProxies: plan.trustedProxies,
        ...plan.edgeExtras,
        sites: options.configPath === undefined ? { origin: this.originUrl } : { configPath: options.configPath },
        control: hasControl ? access() : null,
        logSocket: folder.logSocket,
      }),
      plan.edgeExtras.accessLog === 'stdout' ? { stdout: 'inherit' } : {},
    );
    const factoryArgument = () => ({ data: folder.root, control: access(), everyS: plan.factoryEveryS });
    const clickhouse = plan.clickhouseUrl === null ? {} : { [clickhouseVariable]: plan.clickhouseUrl };
    this.factory = kept('factory', entries.factory, factoryArgument, { environment: clickhouse });
  }

  /** Resolves when the edge serves its sites, which is when its supervisor says so. Rejects when something that this start needs cannot be started. */
  async start(hasServedBefore: boolean): Promise<void> {
    if (this.origin !== undefined) this.originUrl = (await this.origin.start()).url!;
    const control = this.#startControl(hasServedBefore);
    // Control's port is in the edge's options; where any free one will do, it has to be known first.
    if (this.controlAt.port === 0) await control;
    const edge = this.edge.start();
    edge.catch(() => {}); // Awaited below; a refusal of control must not leave this one unheard.
    await control;
    // The factory has time: its first cycle needs control, the edge needs neither.
    const factory = this.#hasControl ? this.factory.keep() : undefined;
    this.listen = { ...this.listen, port: (await edge).port! };
    await factory;
  }

  /** The edge first, so that the last records of its workers still find the factory. */
  async stop(): Promise<void> {
    await this.edge.stop(stopDeadlineMs.edge);
    await this.factory.stop(stopDeadlineMs.rest);
    await Promise.all([this.control.stop(stopDeadlineMs.rest), this.origin?.stop(stopDeadlineMs.rest)]);
    rmSync(this.#folder.runState, { force: true });
  }

  /** For the other verbs, so that they find control and the edge. Without it they want --control. */
  writeState(): void {
    const started = [this.origin, this.control, this.edge, this.factory].filter((one) => one?.pid !== undefined);
    try {
      writeRunState(this.#folder, {
        pid: process.pid,
        edgeUrl: urlOf(this.listen),
        controlUrl: urlOf(this.controlAt),
        pids: Object.fromEntries(started.map((one) => [one!.name, one!.pid!])),
      });
    } catch (error) {
      this.#log.event('run-state-not-written', { message: (error as Error).message });
    }
  }

  async #startControl(mayFail: boolean): Promise<void> {
    if (!this.#hasControl) return;
    const ready = mayFail ? await this.control.keep() : await this.control.start();
    if (ready?.port !== undefined) this.controlAt = { ...this.controlAt, port: ready.port };
  }
}

function edgeName(): string {
  const name = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 40);
  return name || 'edge';
}

function urlOf({ host, port }: HostPort): string {
  const reachable =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${reachable}:${port}`;
}
