import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A unix socket's path may have 107 bytes; longer ones go to the temporary folder under a name made from the path. */
const socketPathBytesMax = 100;
/** Slash and name of a worker's socket in `peers`. */
const peerNameBytesMax = 24;

/** Where everything lives below `--data`. The one place that knows the layout. */
export interface DataFolder {
  readonly root: string;
  readonly keys: string;
  readonly control: string;
  readonly controlToken: string;
  readonly edge: string;
  readonly trust: string;
  readonly bundles: string;
  readonly localSwitches: string;
  readonly factory: string;
  readonly run: string;
  readonly agentSocket: string;
  /** How the edge does, for operators and scrapers. HTTP over a unix socket, answered by the supervisor. */
  readonly adminSocket: string;
  readonly logSocket: string;
  /** Sockets on which the workers of the edge tell each other what they saw. */
  readonly peers: string;
  /** Operators' door to the factory: status, queries, added columns. HTTP over a unix socket. */
  readonly factorySocket: string;
  readonly logFile: string;
  /** Made by `holdfast up`: JSON with pids and addresses of what runs. */
  readonly runState: string;
}

export function dataFolder(path: string): DataFolder {
  const root = resolve(path);
  const run = join(root, 'run');
  const socket = (name: string, nameBytesMax = 0) => {
    const wanted = join(run, name);
    if (Buffer.byteLength(wanted) + nameBytesMax <= socketPathBytesMax) return wanted;
    return join(tmpdir(), `holdfast-${createHash('sha256').update(root).digest('hex').slice(0, 12)}-${name}`);
  };
  return {
    root,
    keys: join(root, 'keys'),
    control: join(root, 'control'),
    controlToken: join(root, 'control', 'token'),
    edge: join(root, 'edge'),
    trust: join(root, 'edge', 'trust.json'),
    bundles: join(root, 'edge', 'bundles'),
    localSwitches: join(root, 'edge', 'local-switches.json'),
    factory: join(root, 'factory'),
    run,
    agentSocket: socket('agent.sock'),
    adminSocket: socket('admin.sock'),
    logSocket: socket('log.sock'),
    peers: socket('peers', peerNameBytesMax),
    factorySocket: socket('factory.sock'),
    logFile: join(root, 'holdfast.log'),
    runState: join(run, 'up.json'),
  };
}

/** Content of `runState`: what `holdfast up` started, for the verbs that look for it. */
export interface RunState {
  /** Of `holdfast up` itself. */
  readonly pid: number;
  readonly controlUrl: string;
  readonly edgeUrl: string;
  /** Process name (`supervisor`, `control`, ...) → pid. */
  readonly pids: Readonly<Record<string, number>>;
}
