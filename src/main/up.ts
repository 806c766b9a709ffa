import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { availableParallelism, hostname } from 'node:os';
import type { UpOptions } from '../cli/upOptions.ts';
import { type HoldfastConfig, readConfig } from '../config/index.ts';
import { type DataFolder, dataFolder, type RunState } from '../contract/dataFolder.ts';
import type { EdgeOptions, HostPort } from '../contract/edgeOptions.ts';
import type { LocalStatus } from '../contract/localApi.ts';
import { ensureKeys } from '../control/keys.ts';
import { systemDisk } from '../kernel/disk.ts';
import type { LogFields } from '../kernel/log.ts';
import { err, ok, type Result } from '../kernel/result.ts';
import { siblingEntry } from '../kernel/siblingEntry.ts';
import { KeptProcess } from './keptProcess.ts';

const factoryEveryS = { ordinary: 300, demo: 15 };
const stopDeadlineMs = { edge: 12_000, rest: 5_000 };
const logFileBytesMax = 64 << 20;
const firstSitesDeadlineMs = 20_000;
const configBytesMax = 4 << 20;

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
  control: siblingEntry(import.meta.url, './control'),
  edge: siblingEntry(import.meta.url, './supervisor'),
  factory: siblingEntry(import.meta.url, './factory'),
  demoOrigin: siblingEntry(import.meta.url, './demoOrigin'),
};

/**
 * Starts origin (the demo's), control, edge and factory, in this order; each is started again when it dies. The error is
 * a text for the person who started it, several lines where a configuration has several problems.
 */
export async function startUp(options: UpOptions, ports: UpPorts): Promise<Result<RunningUp, string>> {
  const config = options.configPath === undefined ? undefined : readConfigFile(options.configPath);
  if (config !== undefined && !config.ok) return config;
  const folder = dataFolder(options.data);
  const prepared = prepareFolder(folder);
  if (!prepared.ok) return prepared;

  const said = config?.value;
  const demo = said === undefined && options.origin === undefined;
  const everyS = options.factoryEveryS ?? said?.factoryEveryS ?? (demo ? factoryEveryS.demo : factoryEveryS.ordinary);
  const clickhouseUrl = options.clickhouseUrl ?? said?.clickhouseUrl ?? null;
  const workers = options.workers ?? said?.workers ?? availableParallelism();
  const log = logTo(folder, ports.onLine);
  const kept = (name: string, entry: Entry, argument: () => unknown) =>
    new KeptProcess({ name, entry, argument, onLine: log.line, onEvent: log.event });

  let origin: KeptProcess | undefined;
  let originUrl = options.origin ?? '';
  let controlAt: HostPort = options.controlListen ?? said?.controlListen ?? { host: '127.0.0.1', port: 8081 };
  let listen: HostPort = options.listen ?? said?.listen ?? { host: '127.0.0.1', port: 8080 };
  let originPort = 0;
  const token = () => readFileSync(folder.controlToken, 'utf8').trim();
  const controlUrl = () => urlOf(controlAt);

  const control = kept('control', ports.entries.control, () => ({ data: folder.root, listen: controlAt }));
  const edge = kept(
    'edge',
    ports.entries.edge,
    (): EdgeOptions => ({
      data: folder.root,
      edge: options.edge ?? edgeName(),
      listen,
      workers,
      trustedProxies: [...options.trustedProxies, ...(said?.trustedProxies ?? [])],
      sites: options.configPath === undefined ? { origin: originUrl } : { configPath: options.configPath },
      control: { url: controlUrl(), token: token() },
      logSocket: folder.logSocket,
    }),
  );
  const factory = kept('factory', ports.entries.factory, () => ({
    data: folder.root,
    control: { url: controlUrl(), token: token() },
    everyS,
    clickhouseUrl,
  }));
  const started: KeptProcess[] = [];
  const stop = async () => {
    // The factory first: it flushes; the edge last, so that visitors are served as long as anything is.
    const deadline = (process_: KeptProcess) => (process_ === edge ? stopDeadlineMs.edge : stopDeadlineMs.rest);
    await Promise.all(started.map((process_) => process_.stop(deadline(process_))));
    rmSync(folder.runState, { force: true });
  };

  const abandoned = new Promise<never>((_resolve, reject) => {
    const abandon = () => reject(new Error('ended before it was up'));
    if (ports.signal?.aborted) abandon();
    else ports.signal?.addEventListener('abort', abandon);
  });
  abandoned.catch(() => {}); // It matters only to those who race it below.
  const unlessAbandoned = <T>(step: Promise<T>) => Promise.race([step, abandoned]);

  try {
    if (demo) {
      origin = kept('demo origin', ports.entries.demoOrigin, () => ({ port: originPort }));
      started.push(origin);
      const ready = await unlessAbandoned(origin.start());
      originPort = ready.port!;
      originUrl = ready.url!;
    }
    started.push(control);
    controlAt = { ...controlAt, port: (await unlessAbandoned(control.start())).port! };
    started.push(edge, factory);
    const [edgeReady] = await unlessAbandoned(Promise.all([edge.start(), factory.start()]));
    listen = { ...listen, port: edgeReady.port! };
    await unlessAbandoned(untilSitesServe(folder.agentSocket));
  } catch (error) {
    await stop();
    return err((error as Error).message);
  }
  const edgeUrl = urlOf(listen);
  writeRunState(folder, {
    pid: process.pid,
    edgeUrl,
    controlUrl: controlUrl(),
    pids: Object.fromEntries(started.map((p) => [p.name, p.pid ?? 0])),
  });
  return ok({
    folder,
    edgeUrl,
    controlUrl: controlUrl(),
    originUrl,
    demo,
    workers,
    factoryEveryS: everyS,
    clickhouseUrl,
    processes: { origin, control, edge, factory },
    reload: () => {
      if (options.configPath === undefined)
        return err('there is no configuration file to read again: it was started without --config');
      const again = readConfigFile(options.configPath);
      if (!again.ok) return again;
      edge.signal('SIGHUP');
      return ok(undefined);
    },
    stop,
  });
}

/**
 * The edge listens before it has taken its first sites; for people it is up when it serves them. After the deadline it is
 * reported as up all the same: the log says what the edge lacks.
 */
async function untilSitesServe(agentSocket: string): Promise<void> {
  const end = performance.now() + firstSitesDeadlineMs;
  while (performance.now() < end) {
    const status = await localStatus(agentSocket);
    if ((status?.versions.sites ?? 0) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What the agent says of this edge; undefined while it does not answer. */
function localStatus(socketPath: string): Promise<LocalStatus | undefined> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/local/status', timeout: 2_000 }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('error', () => resolve(undefined));
      answer.on('end', () => {
        try {
          resolve(JSON.parse(text) as LocalStatus);
        } catch {
          resolve(undefined);
        }
      });
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined));
    asked.end();
  });
}

function readConfigFile(path: string): Result<HoldfastConfig, string> {
  let text: string;
  try {
    if (statSync(path).size > configBytesMax)
      return err(`${path} is larger than ${configBytesMax} bytes; that cannot be meant`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return err(`cannot read the configuration: ${(error as Error).message}`);
  }
  const config = readConfig(text);
  if (config.ok) return config;
  const problems = config.error.map((problem) => `${path}:${problem.line}:${problem.column}: ${problem.message}`);
  return err(
    `${problems.join('\n')}\n${problems.length} problem${problems.length === 1 ? '' : 's'}; 'holdfast check ${path}' shows them in place`,
  );
}

/** Makes folders, keys and control's token; refuses a folder in which another `up` runs. */
function prepareFolder(folder: DataFolder): Result<void, string> {
  try {
    for (const path of [folder.root, folder.keys, folder.control, folder.edge, folder.factory, folder.run])
      mkdirSync(path, { recursive: true });
    const other = readRunState(folder);
    if (other !== undefined && isAlive(other.pid)) {
      return err(
        `another holdfast (process ${other.pid}, ${other.edgeUrl}) runs in ${folder.root}; end it, or give this one another --data`,
      );
    }
    ensureKeys(folder, systemDisk);
    if (!existsSync(folder.controlToken))
      writeFileSync(folder.controlToken, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    return ok(undefined);
  } catch (error) {
    return err(`cannot prepare the data folder ${folder.root}: ${(error as Error).message}`);
  }
}

export function readRunState(folder: DataFolder): RunState | undefined {
  try {
    return JSON.parse(readFileSync(folder.runState, 'utf8')) as RunState;
  } catch {
    return undefined; // Absent, or torn by a crash: either way nothing is known to run.
  }
}

function writeRunState(folder: DataFolder, state: RunState): void {
  writeFileSync(`${folder.runState}.new`, JSON.stringify(state));
  renameSync(`${folder.runState}.new`, folder.runState);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch {
    return false;
  }
}

/** The log file is bounded: one file and the one before it. A disk that takes no more lines costs lines, nothing else. */
function logTo(folder: DataFolder, onLine: (line: string) => void) {
  let bytes = existsSync(folder.logFile) ? statSync(folder.logFile).size : 0;
  const line = (text: string) => {
    try {
      if (bytes > logFileBytesMax) {
        renameSync(folder.logFile, `${folder.logFile}.1`);
        bytes = 0;
      }
      appendFileSync(folder.logFile, `${text}\n`);
      bytes += text.length + 1;
    } catch {
      // The terminal still gets it.
    }
    onLine(text);
  };
  const event = (name: string, fields: LogFields) =>
    line(
      JSON.stringify({
        at: new Date().toISOString(),
        level: name === 'process-started' ? 'info' : 'error',
        process: 'up',
        event: name,
        ...fields,
      }),
    );
  return { line, event };
}

function edgeName(): string {
  return (
    hostname()
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .slice(0, 40) || 'edge'
  );
}

function urlOf({ host, port }: HostPort): string {
  const reachable =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${reachable}:${port}`;
}
