import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createNetServer,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import type { ListenerKind } from '../../src/contract/edgeOptions.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import type { ModelFile } from '../../src/contract/kinds/modelFile.ts';
import type { Rule, Site } from '../../src/contract/kinds/sitesFile.ts';
import type { Switch } from '../../src/contract/kinds/switchesFile.ts';
import type { FromWorker } from '../../src/contract/processMessages.ts';
import type { ForwardingTimes } from '../../src/edge/request/forwarding.ts';
import { EdgeWorker, type EdgeWorkerPorts, ErrorReports, Guard } from '../../src/edge/worker/index.ts';
import { systemClock, type TimerClock } from '../../src/kernel/clock.ts';
import { silentLogger } from '../../src/kernel/log.ts';
import { ok } from '../../src/kernel/result.ts';
import type { LoadedSet } from '../../src/lastgood/index.ts';

/** Undoes everything a test started, last first. */
export class Undo {
  readonly #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) await step();
  }
}

export function site(origin: string, rules: readonly Rule[] = [], hosts: readonly string[] = ['*']): Site {
  return { name: hosts[0] === '*' ? 'default' : hosts[0]!, hosts, origin, rules };
}

export function blockRule(when: string, name = 'block'): Rule {
  return {
    name,
    when,
    then: { action: 'block', status: 403, body: 'no\n' },
    dryRun: false,
    whenAbsent: 'never-block',
  };
}

/** One feature, one tree: a path longer than 20 characters is human (score 87), a shorter one automated. */
export const tinyFeatures: FeatureFile = {
  schema: 1,
  features: [
    { name: 'path_length', type: 'UInt16', extractor: 'path-length', parameters: {}, range: [0, 1_000], default: null },
  ],
};
export const tinyModel: ModelFile = {
  schema: 1,
  name: 'tiny',
  features: ['path_length'],
  bias: 0,
  roots: [0],
  feature: [0, -1, -1],
  threshold: [20, -2, 2],
  left: [1, 0, 0],
  right: [2, 0, 0],
  missingRight: [0, 0, 0],
};

export interface TestEdge {
  readonly port: number;
  /** Of each listener. */
  readonly ports: readonly number[];
  readonly worker: EdgeWorker;
  readonly sent: FromWorker[];
  /** Brings another set into force, as the agent would. */
  activate(set: LoadedSet, localKilled?: readonly Switch[]): FromWorker;
}

export interface TestEdgeOptions {
  readonly set: LoadedSet;
  readonly substitute?: EdgeWorkerPorts['substitute'];
  readonly times?: ForwardingTimes;
  readonly trustedProxies?: readonly string[];
  readonly logSocket?: string | null;
  readonly reports?: ErrorReports;
  readonly clock?: TimerClock;
  readonly listeners?: readonly ListenerKind[];
  /** Any when left away. */
  readonly port?: number;
  readonly sitesWaitMs?: number;
  readonly slot?: number;
  /** With the other workers of the edge; alone when left away. */
  readonly peersFolder?: string;
}

/** A worker in this process, with the set given instead of one from a disk. */
export async function startEdge(undo: Undo, options: TestEdgeOptions): Promise<TestEdge> {
  let set = options.set;
  const sent: FromWorker[] = [];
  const clock = options.clock ?? systemClock;
  const reports = options.reports ?? new ErrorReports(clock, silentLogger);
  const drained = Promise.withResolvers<void>();
  const worker = new EdgeWorker({
    edge: 'test-edge',
    slot: options.slot ?? 1,
    ...(options.peersFolder === undefined ? {} : { peersFolder: options.peersFolder }),
    trustedProxies: options.trustedProxies ?? [],
    ...(options.listeners === undefined ? {} : { listeners: options.listeners }),
    logSocket: options.logSocket ?? null,
    sets: { readSet: () => ok(set), currentSet: () => ({ set, missing: [] }) },
    guard: new Guard(clock, reports),
    ...(options.substitute === undefined ? {} : { substitute: options.substitute }),
    reports,
    clock,
    logger: silentLogger,
    send: (message) => sent.push(message),
    onDrained: drained.resolve,
    ...(options.times === undefined ? {} : { times: options.times }),
    ...(options.sitesWaitMs === undefined ? {} : { sitesWaitMs: options.sitesWaitMs }),
  });
  const places = (options.listeners ?? [{}]).map(() => ({ host: '127.0.0.1', port: options.port ?? 0 }));
  const { port, ports } = await worker.start(places, 'current', []);
  undo.add(() => {
    worker.drain(0);
    return drained.promise;
  });
  return {
    port,
    ports,
    worker,
    sent,
    activate: (next, localKilled = []) => {
      set = next;
      worker.onMessage({ type: 'activate', id: 7, versions: next.versions, localKilled });
      return sent.at(-1)!;
    },
  };
}

/** An origin on `node:http`. */
export async function startOrigin(
  undo: Undo,
  handle: (request: IncomingMessage, response: ServerResponse) => void = (request, response) => {
    request.resume();
    response.end('hello');
  },
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer({ keepAliveTimeout: 60_000 }, handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.add(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: urlOf(server), server };
}

/** An origin that answers bytes of the test's choice. */
export async function startRawOrigin(undo: Undo, onSocket: (socket: Socket) => void): Promise<string> {
  const open = new Set<Socket>();
  const server = createNetServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.add(() => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return urlOf(server);
}

function urlOf(server: NetServer): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends bytes and gives back everything that comes until the other side closes (or `until` matches). */
export function exchangeBytes(
  port: number,
  bytes: string | Buffer,
  { until, timeoutMs = 5_000, end = false }: { until?: RegExp; timeoutMs?: number; end?: boolean } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(received);
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`nothing more came within ${timeoutMs} ms; so far: ${JSON.stringify(received.slice(0, 500))}`));
    }, timeoutMs);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (until?.test(received) === true) finish();
    });
    socket.on('error', finish);
    socket.on('close', finish);
    if (end) socket.end(bytes);
    else socket.write(bytes);
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function parseAnswer(text: string): Answer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(first.split(' ')[1]), headers, body: text.slice(end + 4) };
}

/** One request on a connection of its own. */
export async function ask(
  port: number,
  target: string,
  headers: readonly string[] = [],
  method = 'GET',
  body = '',
): Promise<Answer> {
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: shop.example', 'Connection: close', ...headers];
  return parseAnswer(await exchangeBytes(port, `${lines.join('\r\n')}\r\n\r\n${body}`));
}
