import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentSigningKey, ensureKeys, signBundle } from '../../src/bundles/index.ts';
import type { BundleKind } from '../../src/contract/bundleKind.ts';
import { dataFolder } from '../../src/contract/dataFolder.ts';
import type { ListenerKind } from '../../src/contract/edgeOptions.ts';
import type { SitesFile } from '../../src/contract/kinds/sitesFile.ts';
import type { FromWorker, ToWorker, WorkerHealth } from '../../src/contract/processMessages.ts';
import type { WorkerStart } from '../../src/contract/workerStart.ts';
import { systemDisk } from '../../src/kernel/disk.ts';
import { openLastGood } from '../../src/lastgood/index.ts';
import { bindSlots } from '../../src/supervisor/index.ts';
import type { Undo } from './harness.ts';

const workerEntry = fileURLToPath(new URL('../../src/main/worker.ts', import.meta.url));

/** A worker as the supervisor starts it: its own process, a socket that this process holds, last good on a disk. */
export interface WorkerProcess {
  readonly port: number;
  readonly child: ChildProcess;
  readonly pid: number;
  readonly messages: FromWorker[];
  readonly exited: Promise<number | null>;
  send(message: ToWorker): void;
  /** The next message of a kind. */
  next<Type extends FromWorker['type']>(type: Type): Promise<Extract<FromWorker, { type: Type }>>;
  health(): Promise<WorkerHealth>;
  /** Signs and stores a bundle as the agent would, without bringing it into force. */
  store(kind: BundleKind, version: number, payload: unknown): void;
}

export async function startWorkerProcess(
  undo: Undo,
  sites: SitesFile,
  {
    logSocket = null,
    nodeFlags = [],
    listenAs,
  }: { readonly logSocket?: string | null; readonly nodeFlags?: string[]; readonly listenAs?: ListenerKind } = {},
): Promise<WorkerProcess> {
  const data = mkdtempSync(join(tmpdir(), 'holdfast-worker-'));
  undo.add(() => rmSync(data, { recursive: true, force: true }));
  const folder = dataFolder(data);
  ensureKeys(folder, systemDisk);
  const { store } = openLastGood(folder);
  const storeBundle = (kind: BundleKind, version: number, payload: unknown) => {
    const bytes = Buffer.from(JSON.stringify(payload));
    const key = currentSigningKey(folder, systemDisk, kind);
    store.storeBundle(kind, version, signBundle({ kind, version, madeAtMs: Date.now(), payload: bytes }, key));
  };
  storeBundle('sites', 1, sites);
  store.propose('sites', 1);
  store.confirm('sites', 1, { features: 0, model: 0 });

  const bound = bindSlots({ host: '127.0.0.1', port: 0 }, 1);
  if (!bound.ok) throw new Error(bound.error);
  const slot = bound.value.slots[0]!;
  undo.add(() => slot.close());
  const start: WorkerStart = {
    options: {
      data,
      edge: 'test-edge',
      listen: { host: '127.0.0.1', port: bound.value.port },
      workers: 1,
      trustedProxies: [],
      sites: 'control',
      control: null,
      logSocket,
      ...(listenAs === undefined ? {} : { listenAs }),
    },
    slot: 1,
    rung: 'current',
  };
  const child = spawn(process.execPath, [...nodeFlags, workerEntry, JSON.stringify(start)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc', slot.descriptor],
  });
  const messages: FromWorker[] = [];
  child.on('message', (message) => messages.push(message as FromWorker));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  undo.add(() => {
    child.kill('SIGKILL');
    return exited;
  });
  const next = <Type extends FromWorker['type']>(type: Type) =>
    new Promise<Extract<FromWorker, { type: Type }>>((resolve, reject) => {
      const listen = (message: unknown) => {
        if ((message as FromWorker).type !== type) return;
        child.off('message', listen);
        resolve(message as Extract<FromWorker, { type: Type }>);
      };
      child.on('message', listen);
      void exited.then((code) => reject(new Error(`the worker ended with ${code}`)));
    });
  await next('ready');
  return {
    port: bound.value.port,
    child,
    pid: child.pid!,
    messages,
    exited,
    send: (message) => void child.send(message),
    next,
    health: async () => (await next('heartbeat')).health,
    store: storeBundle,
  };
}

/** Resident memory of a process, bytes. */
export function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}
