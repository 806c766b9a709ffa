import { type DataFolder, dataFolder } from '../contract/dataFolder.ts';
import { systemClock } from '../kernel/clock.ts';
import { printableLines } from '../kernel/printable.ts';
import { localCall } from '../localSocket/index.ts';
import { exitCodes, type Io } from './terminal/io.ts';
import type { Asked } from './terminal/verb.ts';

/** The supervisor answers at once, or it is in trouble. */
const answerMsMax = 5_000;
const answerBytesMax = 8 << 20;

/** `holdfast edge status [--json]` */
export async function edgeStatus({ values }: Asked, io: Io): Promise<number> {
  const folder = dataFolder(values.data as string);
  let status: EdgeStatus;
  try {
    status = await askAll(folder);
  } catch (error) {
    io.stderr.write(`holdfast: not reachable: ${(error as Error).message}\n`);
    io.stderr.write(`Is an edge running here with --data ${folder.root}? It listens on ${folder.adminSocket}.\n`);
    return exitCodes.unreachable;
  }
  io.stdout.write(values.json === true ? `${JSON.stringify(status)}\n` : printableLines(statusText(status)));
  return status.ready ? exitCodes.done : exitCodes.refused;
}

interface EdgeStatus {
  readonly ready: boolean;
  /** `ready`, or why it is not. */
  readonly says: string;
  readonly config: ConfigPage;
  readonly connections: ConnectionsPage;
}

/** What is read of `/config` and `/connections`; an edge of another release may say more. */
interface ConfigPage {
  readonly version: string;
  readonly node: string;
  readonly startedAt: string;
  readonly supervisor: { readonly pid: number };
  readonly agent: { readonly pid: number | null };
  readonly workers: readonly {
    readonly slot: number;
    readonly pid: number;
    readonly role: string;
    readonly serves: boolean;
    readonly versions: Readonly<Record<string, number>> | null;
  }[];
}

interface ConnectionsPage {
  readonly workers: readonly {
    readonly pid: number;
    readonly open: number | null;
    readonly idle: number | null;
    readonly tunnels: number | null;
    readonly rssBytes: number | null;
    readonly overload: string | null;
  }[];
}

async function askAll({ adminSocket }: DataFolder): Promise<EdgeStatus> {
  const [ready, config, connections] = await Promise.all(
    ['/readyz', '/config', '/connections'].map((path) => ask(adminSocket, path)),
  );
  return {
    ready: ready!.status === 200,
    says: ready!.text.trim(),
    config: JSON.parse(config!.text) as ConfigPage,
    connections: JSON.parse(connections!.text) as ConnectionsPage,
  };
}

function statusText({ ready, says, config, connections }: EdgeStatus): string {
  const lines = [
    `${ready ? 'ready' : `not ready: ${says}`}`,
    `Holdfast ${config.version}, Node ${config.node}, since ${config.startedAt}`,
    `supervisor  pid ${config.supervisor.pid}`,
    `agent       ${config.agent.pid === null ? 'not running' : `pid ${config.agent.pid}`}`,
  ];
  for (const { slot, pid, role, serves, versions } of config.workers) {
    const counts = connections.workers.find((worker) => worker.pid === pid);
    const kinds = Object.entries(versions ?? {}).map(([kind, version]) => `${kind} ${version}`);
    const state = role !== 'active' ? role : serves ? 'serves' : 'does not serve';
    lines.push(`worker ${slot}    pid ${pid}, ${[state, ...kinds, ...countsText(counts)].join(', ')}`);
  }
  return `${lines.join('\n')}\n`;
}

function countsText(counts: ConnectionsPage['workers'][number] | undefined): string[] {
  if (counts === undefined || counts.open === null) return [];
  const { open, idle, tunnels, rssBytes, overload } = counts;
  const text = [`${open} connections (${idle} idle, ${tunnels} tunnels)`];
  if (typeof rssBytes === 'number') text.push(`${Math.round(rssBytes / 2 ** 20)} MiB`);
  if (typeof overload === 'string' && overload !== 'calm') text.push(overload);
  return text;
}

async function ask(socketPath: string, path: string): Promise<{ status: number; text: string }> {
  const bounds = { bytesMax: answerBytesMax, msMax: answerMsMax };
  const asked = await localCall(systemClock, socketPath, 'GET', path, undefined, bounds);
  if (asked.ok) return { status: asked.value.status, text: asked.value.bytes.toString('utf8') };
  throw new Error(asked.error.code === 'too-long' ? 'the answer is too large' : asked.error.message);
}
