import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { dataFolder } from '../../src/contract/dataFolder.ts';
import { askSocket } from '../ask.ts';
import { conditions } from '../measure/conditions.ts';
import { ModuleWatch } from '../measure/moduleTimes.ts';
import { cores, freePort, PinnedProcess } from '../pinned.ts';
import type { Contender, RunningContender, Setup } from './contender.ts';

const receiverEntry = fileURLToPath(new URL('../logReceiver.ts', import.meta.url));

/** A record is a vector of 60 numbers and ten texts, about 700 bytes; fewer per request mean that records were dropped. */
const logBytesPerRequestMin = 200;

/** Score from the shipped model, twenty rules, records to a real receiver. */
export const holdfast: Contender = { name: 'holdfast', tellsScore: true, notServed, start: startWhole };

/** The proxy alone: bots and rules switched off, no log. */
export const holdfastBare: Contender = { name: 'holdfast-bare', tellsScore: false, notServed, start: startBare };

function notServed(): null {
  return null;
}

async function startWhole(setup: Setup): Promise<RunningContender> {
  const folder = dataFolder(join(setup.folder, 'data'));
  mkdirSync(folder.run, { recursive: true });
  setup.launcher(); // It may not compile; then nothing was started yet.
  const log = await ReceivedLog.start(folder.logSocket, setup.folder);
  const edge = await startEdge(setup, true, []);
  const profile = new WorkerProfile(folder.agentSocket, setup.profileFolder);
  const watch = new ModuleWatch(folder.adminSocket);
  return {
    ...edge,
    ready: () => profile.note(),
    checkRound: (requests) => log.check(requests),
    moreFigures: () => moduleFigures(watch),
    stop: async () => {
      await edge.process.stop();
      await log.stop();
      profile.tell();
    },
  };
}

async function startBare(setup: Setup): Promise<RunningContender> {
  const folder = dataFolder(join(setup.folder, 'data'));
  const edge = await startEdge(setup, false, ['--no-log']);
  const profile = new WorkerProfile(folder.agentSocket, setup.profileFolder);
  return {
    ...edge,
    ready: async () => {
      for (const name of ['bots', 'rules']) {
        await promisify(execFile)(process.execPath, [setup.launcher(), 'kill', name, '--local', '--data', folder.root]);
      }
      await profile.note();
    },
    stop: async () => {
      await edge.process.stop();
      profile.tell();
    },
  };
}

/** `holdfast edge` as a person types it. */
async function startEdge(setup: Setup, hasRules: boolean, flags: readonly string[]) {
  const port = await freePort();
  const configPath = join(setup.folder, 'holdfast.yaml');
  writeFileSync(configPath, configurationOf(setup, port, hasRules));
  const args = ['edge', '--config', configPath, '--data', join(setup.folder, 'data')];
  const where = ['--workers', String(setup.workers)];
  const process_ = new PinnedProcess(
    process.execPath,
    [setup.launcher(), ...args, ...where, '--trusted-proxy', '127.0.0.1/32', '--edge', 'bench', ...flags],
    {
      core: setup.core,
      folder: setup.folder,
      name: 'holdfast',
      environment:
        setup.profileFolder === null ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${setup.profileFolder}` },
    },
  );
  return { port, process: process_ };
}

function configurationOf({ certificate, originPort, scheme }: Setup, port: number, hasRules: boolean): string {
  const rules = conditions.map((when, index) => ({ name: `rule ${index}`, when, then: 'log' }));
  const site = { hosts: ['*'], origin: `http://127.0.0.1:${originPort}`, ...(hasRules ? { rules } : {}) };
  const files = { certificate: certificate.certificatePath, key: certificate.keyPath };
  const tls = { certificates: [files], http2: scheme === 'h2' };
  return stringify({
    listen: [{ address: `127.0.0.1:${port}`, ...(scheme === 'http' ? {} : { tls }) }],
    sites: [site],
  });
}

/** The factory's end of the log, in a process beside the load. */
class ReceivedLog {
  readonly #process: PinnedProcess;
  #seenBytes = 0;

  private constructor(process: PinnedProcess) {
    this.#process = process;
  }

  static async start(socket: string, folder: string): Promise<ReceivedLog> {
    const options = { core: cores.load, folder, name: 'logReceiver', talks: true };
    const log = new ReceivedLog(new PinnedProcess(process.execPath, [receiverEntry, socket], options));
    await log.#told();
    return log;
  }

  async check(requests: number): Promise<void> {
    // A batch leaves after 200 ms at the latest.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const told = this.#told();
    this.#process.child.send('how much');
    const receivedBytes = await told;
    const perRequest = (receivedBytes - this.#seenBytes) / requests;
    this.#seenBytes = receivedBytes;
    if (perRequest < logBytesPerRequestMin) throw new Error(`${perRequest.toFixed(0)} bytes of log per request`);
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }

  #told(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#process.child.once('message', (message) => resolve((message as { receivedBytes: number }).receivedBytes));
      void this.#process.exited.then(() => reject(new Error(`the log receiver ended: ${this.#process.lastWords}`)));
    });
  }
}

/** What the modules took under this load: upper ends of the buckets in which the quantiles lie. */
async function moduleFigures(watch: ModuleWatch): Promise<ReadonlyMap<string, number>> {
  // A worker tells its counts once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const times = await watch.look(['bots', 'rules']);
  return new Map(
    [...times].flatMap(([module, { p50Us, p99Us }]) => [
      [`module ${module} p50, µs`, p50Us] as const,
      [`module ${module} p99, µs`, p99Us] as const,
    ]),
  );
}

/** Of what the agent answers, as much as is looked at. */
interface LocalStatus {
  readonly workers: readonly { readonly pid: number }[];
}

/** Which of the profiles of an edge's processes is the worker's. */
class WorkerProfile {
  readonly #agentSocket: string;
  readonly #folder: string | null;
  #workerPid: number | undefined;

  constructor(agentSocket: string, folder: string | null) {
    this.#agentSocket = agentSocket;
    this.#folder = folder;
  }

  async note(): Promise<void> {
    if (this.#folder === null) return;
    const status: LocalStatus = JSON.parse(await askSocket(this.#agentSocket, '/local/status'));
    this.#workerPid = status.workers[0]?.pid;
  }

  tell(): void {
    if (this.#folder !== null)
      console.log(`the worker's profile: ${this.#folder}/CPU.*.${this.#workerPid}.*.cpuprofile`);
  }
}
