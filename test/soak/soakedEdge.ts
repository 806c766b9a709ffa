import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { makeCertificate } from '../../bench/certificate.ts';
import { conditions } from '../../bench/measure/conditions.ts';
import { freePort } from '../../bench/pinned.ts';
import { signBundle } from '../../src/bundles/index.ts';
import { currentSigningKey, ensureKeys } from '../../src/bundles/signing/keyStore.ts';
import { type DataFolder, dataFolder } from '../../src/contract/dataFolder.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import { systemDisk } from '../../src/kernel/disk.ts';
import { type ParsedSample, parsePrometheus } from '../resilience/prometheus.ts';
import type { SoakPorts } from './load/world.ts';
import type { SoakOrigin } from './soakOrigin.ts';

const launcher = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));
const shippedFeatures = JSON.parse(
  readFileSync(new URL('../../shipped/features.json', import.meta.url), 'utf8'),
) as FeatureFile;
const waitMsMax = 60_000;
const loggedLinesMax = 200;

/** Pids of an edge's processes. */
export interface EdgePids {
  readonly supervisor: number;
  readonly agent: number;
  readonly workers: readonly number[];
}

/** `holdfast edge` as a person starts it, everything on: score, rules, request log, plain, TLS and PROXY listeners. */
export class SoakedEdge {
  readonly ports: SoakPorts;
  readonly data: string;
  readonly #process: ChildProcess;
  readonly #folder: DataFolder;
  readonly #configPath: string;
  readonly #origin: SoakOrigin;
  readonly #certificate: { readonly certificatePath: string; readonly keyPath: string };
  readonly #logReader: Server;
  readonly #exited: Promise<unknown>;
  /** The newest lines of its log. */
  readonly log: string[] = [];
  #round = 0;

  private constructor(
    ports: SoakPorts,
    data: string,
    origin: SoakOrigin,
    logReader: Server,
    environment: NodeJS.ProcessEnv,
  ) {
    this.ports = ports;
    this.data = data;
    this.#folder = dataFolder(data);
    this.#configPath = join(data, 'holdfast.yaml');
    this.#origin = origin;
    this.#certificate = makeCertificate(data);
    this.#logReader = logReader;
    this.#writeConfig();
    const args = ['edge', '--config', this.#configPath, '--data', data, '--edge', 'soak'];
    this.#process = spawn(process.execPath, [launcher, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#exited = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.log.push(...text.split('\n').filter((line) => line !== ''));
      this.log.splice(0, this.log.length - loggedLinesMax);
    });
  }

  static async start(origin: SoakOrigin, environment: NodeJS.ProcessEnv = {}): Promise<SoakedEdge> {
    const data = mkdtempSync(join(tmpdir(), 'holdfast-soak-'));
    const folder = dataFolder(data);
    for (const path of [folder.keys, folder.edge, folder.run]) mkdirSync(path, { recursive: true });
    ensureKeys(folder, systemDisk);
    const ports = { plain: await freePort(), tls: await freePort(), proxied: await freePort() };
    const edge = new SoakedEdge(ports, data, origin, await readLog(folder.logSocket), environment);
    try {
      await edge.#until(
        'the edge is ready',
        async () => (await call(folder.adminSocket, 'GET', '/readyz')).status === 200,
      );
    } catch (error) {
      await edge.stop();
      throw error;
    }
    return edge;
  }

  async pids(): Promise<EdgePids> {
    const { text } = await call(this.#folder.adminSocket, 'GET', '/config');
    const said = JSON.parse(text) as Record<'supervisor' | 'agent', { pid: number }> & { workers: { pid: number }[] };
    return { supervisor: said.supervisor.pid, agent: said.agent.pid, workers: said.workers.map(({ pid }) => pid) };
  }

  async metrics(): Promise<readonly ParsedSample[]> {
    return parsePrometheus((await call(this.#folder.adminSocket, 'GET', '/metrics')).text);
  }

  /** Changes a site in the file and sends SIGHUP; resolves when both workers have it. */
  async reload(): Promise<void> {
    const before = await this.#version('sites');
    this.#round += 1;
    this.#writeConfig();
    this.#process.kill('SIGHUP');
    await this.#until('the reload is in force', async () => (await this.#version('sites')) > before);
  }

  /** Brings another feature file into force: the shipped one with one feature more. */
  async swapFeatures(): Promise<void> {
    const version = (await this.#version('features')) + 1;
    const features = [...shippedFeatures.features, { ...shippedFeatures.features[0]!, name: `soaked_${version}` }];
    const payload = Buffer.from(JSON.stringify({ schema: 1, features }));
    const key = currentSigningKey(this.#folder, systemDisk, 'features');
    const bytes = signBundle({ kind: 'features', version, madeAtMs: Date.now(), payload }, key);
    const answer = await call(this.#folder.agentSocket, 'POST', '/local/bundles/features', bytes);
    if (answer.status !== 200) throw new Error(`features ${version} were refused: ${answer.text.slice(0, 500)}`);
  }

  /** Its exit is waited for; the folder is removed. */
  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.#exited;
    await new Promise((resolve) => this.#logReader.close(resolve));
    rmSync(this.data, { recursive: true, force: true });
  }

  async #version(kind: string): Promise<number> {
    const { text } = await call(this.#folder.agentSocket, 'GET', '/local/status');
    const { workers } = JSON.parse(text) as { workers: { versions?: Record<string, number> }[] };
    return Math.min(...workers.map(({ versions }) => versions?.[kind] ?? 0));
  }

  #writeConfig(): void {
    const { ports, round } = { ports: this.ports, round: this.#round };
    const rules = conditions.map((when, index) => ({ name: `rule ${index}`, when, then: 'log' }));
    const files = { certificate: this.#certificate.certificatePath, key: this.#certificate.keyPath };
    // Short, so that an edge that nobody visits any more is soon at rest.
    const upstream = { keepAliveMs: 1_000, bodyIdleTimeoutMs: 5_000 };
    const config = {
      listen: [
        `127.0.0.1:${ports.plain}`,
        { address: `127.0.0.1:${ports.tls}`, tls: { certificates: [files] } },
        { address: `127.0.0.1:${ports.proxied}`, proxyProtocol: true },
      ],
      workers: 2,
      trustedProxies: ['127.0.0.1/32'],
      sites: [
        { hosts: ['*'], origin: this.#origin.good, rules, upstream },
        {
          hosts: ['faults.example'],
          origin: this.#origin.bad,
          upstream: { ...upstream, answerTimeoutMs: 3_000, outlier: { enabled: false } },
        },
        { hosts: [`round-${round}.example`], origin: this.#origin.good, upstream },
      ],
    };
    writeFileSync(this.#configPath, stringify(config));
  }

  async #until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + waitMsMax;
    while (!(await condition().catch(() => false))) {
      if (performance.now() > deadlineMs)
        throw new Error(`not within ${waitMsMax} ms: ${what}\n${this.log.slice(-5).join('\n')}`);
      await sleep(50);
    }
  }
}

/** The factory's end of the request log: takes everything and keeps nothing. */
async function readLog(path: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

function call(socketPath: string, method: string, path: string, body?: Uint8Array) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request({ socketPath, method, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
