import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentSigningKey, signBundle } from '../../bundles/index.ts';
import { type Answer, agentClient, type Client, controlClient } from '../../cli/clients/controlClient.ts';
import { askFactory } from '../../cli/clients/factorySocket.ts';
import type { ApiError, KindStatus } from '../../contract/controlApi.ts';
import type { DataFolder } from '../../contract/dataFolder.ts';
import type { Finding } from '../../contract/finding.ts';
import type { FeatureFile } from '../../contract/kinds/featureFile.ts';
import { tracePath } from '../../contract/trace.ts';
import { type DrillStage, type ListedRefusal, type Offer, readDrillSessions } from '../../drills/index.ts';
import { chdbPaths, usersXml } from '../../factory/index.ts';
import { systemDisk } from '../../kernel/disk.ts';
import { killTree } from '../processes/killTree.ts';
import { type RunningUp, startUp, type UpPorts } from '../up/up.ts';

const blockStatus = 403;
const workers = 2;
const startMsMax = 60_000;
const traceMsMax = 2_000;
const edgeRestartMsMax = 30_000;
/** An edge that has no worker left to try a bundle on waits for one; longer than this, and it is down. */
const offerMsMax = 20_000;

const configText = (originPort: number) => `sites:
  - hosts: ["*"]
    origin: http://127.0.0.1:${originPort}
    rules:
      - name: block bots
        when: bot.score < 30 && !bot.verified
        then: block
`;

export interface OpenStage extends DrillStage {
  /** Version of the feature file made from ClickHouse that is in force now, and its content: the schema's, as shipped. */
  readonly goodVersion: string;
  readonly goodFile: FeatureFile;
  close(): Promise<void>;
}

/** Everything that `holdfast up` runs, in a folder of its own on free ports, with other entries where the drill needs them. */
export async function openStage(
  unprotected: DrillStage['unprotected'],
  entries: UpPorts['entries'],
  factoryEveryS: number,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<OpenStage> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-drill-'));
  // The site's own application: answers everything, and lives as long as the drill.
  const origin = createServer((asked, response) => {
    asked.resume();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html><p>hello</p>');
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const configPath = join(folder, 'holdfast.yaml');
  writeFileSync(configPath, configText((origin.address() as AddressInfo).port));
  const clean = () => {
    origin.closeAllConnections();
    origin.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const anywhere = { host: '127.0.0.1', port: 0 };
  const up = await startUp(
    {
      data: join(folder, 'data'),
      configPath,
      origin: undefined,
      listen: anywhere,
      controlListen: anywhere,
      workers,
      trustedProxies: [],
      edge: 'drill',
      accessLog: undefined,
      clickhouseUrl: undefined,
      factoryEveryS,
    },
    { entries, onLine, signal },
  );
  if (!up.ok) {
    clean();
    throw new Error(up.error);
  }
  const stage = new Stage(unprotected, factoryEveryS * 1_000, up.value);
  try {
    const good = await stage.waitForFirstFile(signal);
    let closed: Promise<void> | undefined;
    const close = () => {
      closed ??= up.value.stop().then(clean);
      return closed;
    };
    return Object.assign(stage, good, { close });
  } catch (error) {
    await up.value.stop();
    clean();
    throw error;
  }
}

class Stage implements DrillStage {
  readonly unprotected: DrillStage['unprotected'];
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly factoryEveryMs: number;
  readonly blockStatus = blockStatus;
  readonly #up: RunningUp;
  readonly #folder: DataFolder;
  /** What the trace is asked with: it shows a person's score. */
  readonly #personHeaders = readDrillSessions().find(({ label }) => label === 'person')?.requests[0]?.rawHeaders ?? [];
  #signed = 0;

  constructor(unprotected: DrillStage['unprotected'], factoryEveryMs: number, up: RunningUp) {
    this.unprotected = unprotected;
    this.factoryEveryMs = factoryEveryMs;
    this.#up = up;
    this.#folder = up.folder;
    this.port = Number(new URL(up.edgeUrl).port);
  }

  grant(databases: readonly string[]): void {
    writeFileSync(chdbPaths(this.#folder.factory).users, usersXml(databases));
  }

  async cyclesEnded(): Promise<number> {
    const { text } = await askFactory(this.#folder.factorySocket, 'GET', '/status');
    return (JSON.parse(text) as { cyclesEnded: number }).cyclesEnded;
  }

  async refusals(): Promise<readonly ListedRefusal[]> {
    return (await this.#kindStatus()).refusals;
  }

  async sign(file: FeatureFile): Promise<Uint8Array> {
    const { next } = await this.#kindStatus();
    this.#signed = Math.max(this.#signed + 1, next);
    const key = currentSigningKey(this.#folder, systemDisk, 'features');
    const payload = Buffer.from(JSON.stringify(file));
    return signBundle({ kind: 'features', version: this.#signed, madeAtMs: Date.now(), payload }, key);
  }

  async offerToControl(bundle: Uint8Array): Promise<Offer> {
    const answer = answered(await this.#control().ask('POST', '/v1/kinds/features/bundles', bundle));
    if (answer.status === 201) return { accepted: true };
    return { accepted: false, where: 'control', findings: json<ApiError>(answer).findings ?? [] };
  }

  async offerToEdge(bundle: Uint8Array): Promise<Offer> {
    const asked = agentClient(this.#folder).ask('POST', '/local/bundles/features', bundle);
    const answer = answered(await within(offerMsMax, asked));
    if (answer.status === 200) return { accepted: true };
    const { findings = [] } = json<{ findings?: readonly Finding[] }>(answer);
    return { accepted: false, where: 'edge', findings };
  }

  /** Whatever the answer says. */
  async #answers(): Promise<boolean> {
    const answer = await fetch(`http://${this.host}:${this.port}/`, { signal: AbortSignal.timeout(2_000) });
    await answer.arrayBuffer();
    return true;
  }

  async trace(): Promise<Readonly<Record<string, string>> | null> {
    const host = `${this.host}:${this.port}`;
    const headers = this.#personHeaders.map((value) => value.replaceAll('{host}', host));
    const text = await readTrace(this.host, this.port, headers);
    if (text === null) return null;
    const lines = text.split('\n').filter((line) => line.includes('='));
    return Object.fromEntries(lines.map((line) => line.split('=', 2) as [string, string]));
  }

  async killControlAndFactory(): Promise<void> {
    const { control, factory } = this.#up.processes;
    await Promise.all(
      [control, factory].map((process_) => {
        const ended = process_.stop(0);
        process_.signal('SIGKILL');
        return ended;
      }),
    );
  }

  async restartEdge(): Promise<void> {
    const { edge } = this.#up.processes;
    const before = edge.pid;
    if (before !== undefined) killTree(before);
    await until(async () => edge.pid !== before && (await this.#answers()), edgeRestartMsMax, 'the edge answers');
  }

  /** The drill begins when a file made from ClickHouse runs on every worker. */
  async waitForFirstFile(signal: AbortSignal): Promise<{ goodVersion: string; goodFile: FeatureFile }> {
    let latest = 0;
    await until(
      async () => {
        if (signal.aborted) return true;
        latest = (await this.#kindStatus()).latest;
        return latest > 0 && (await this.#runsEverywhere(latest));
      },
      startMsMax,
      'the first feature file is in force',
    );
    signal.throwIfAborted();
    const shipped = new URL('../../../shipped/features.json', import.meta.url);
    return { goodVersion: String(latest), goodFile: JSON.parse(readFileSync(shipped, 'utf8')) as FeatureFile };
  }

  async #runsEverywhere(version: number): Promise<boolean> {
    const answer = answered(await agentClient(this.#folder).ask('GET', '/local/status'));
    const status = json<{ workers: readonly { versions?: { features?: number } }[] }>(answer);
    const running = status.workers.filter((worker) => worker.versions?.features === version);
    return running.length === workers;
  }

  async #kindStatus(): Promise<KindStatus> {
    return json<KindStatus>(answered(await this.#control().ask('GET', '/v1/kinds/features')));
  }

  #control() {
    return controlClient(this.#folder.root, this.#up.controlUrl);
  }
}

/** null: no answer, or another than 200. */
function readTrace(host: string, port: number, headers: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = request({ host, port, path: tracePath, headers, timeout: traceMsMax, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve(answer.statusCode === 200 ? text : null));
      answer.on('error', () => resolve(null));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(null));
    asked.end();
  });
}

/** The stage waits for what is not there yet, and asks again. */
function answered(asked: Awaited<ReturnType<Client['ask']>>): Answer {
  if (asked.ok) return asked.value;
  throw new Error(asked.error.message);
}

function json<T>(answer: Answer): T {
  return JSON.parse(answer.bytes.toString('utf8')) as T;
}

async function until(condition: () => Promise<boolean>, msMax: number, what: string): Promise<void> {
  const deadlineMs = performance.now() + msMax;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > deadlineMs) throw new Error(`${what}: did not happen within ${msMax / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function within<T>(msMax: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${msMax / 1_000} s`)), msMax);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
