import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { bundleBytesMax, isSwitch, switchNamesHelp } from '../bundles/index.ts';
import { isBundleKind, payloadBytesMax } from '../contract/bundleKind.ts';
import type { ApiError } from '../contract/controlApi.ts';
import type { Finding } from '../contract/finding.ts';
import type { FromAgent } from '../contract/processMessages.ts';
import { headLimits } from '../http/index.ts';
import type { Result } from '../kernel/result.ts';
import type { LoadedSet } from '../lastgood/index.ts';
import type { Agent } from './agent.ts';
import { agentLimits } from './limits.ts';
import type { Outcome } from './outcome.ts';
import type { ShadowModel } from './shadowModel.ts';

export interface LocalApiPorts {
  readonly edge: string;
  readonly agent: Agent;
  /** Reads local sites again; undefined where control says what the sites are. */
  readonly reload: (() => Promise<Result<Outcome | 'unchanged', readonly string[]>>) | undefined;
  /** Whether control answers; null: none is configured. */
  readonly isControlReachable: () => boolean | null | undefined;
  send(message: FromAgent): void;
  readonly shadow: Pick<ShadowModel, 'name' | 'set'>;
  /** What is in force. */
  readonly running: () => Result<LoadedSet, readonly Finding[]>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * HTTP on the agent's unix socket, for the command line on the edge's own machine: it works with control dead. Who may
 * open the socket (mode 0600) may do everything here.
 *
 *   GET  /local/status              what runs, on which workers, what was refused and why
 *   POST /local/kill {name}         throws a switch on this machine; 200 when the workers know
 *   POST /local/unkill {name}
 *   POST /local/bundles/KIND        a signed bundle's bytes; answers when its fate is known: 200, or 422 with findings
 *   POST /local/score?scheme=&client=&ja4=&http2=&relayed=
 *                                   a raw request head; why it would have its score as a client's first, with what is in force
 *   POST /local/shadow              a model that scores beside the one in force and acts on nothing; an empty body: none any more
 *   POST /local/reload              reads the local configuration again: 200, or 422 with problems
 *   POST /local/replace-workers     202; every worker is replaced, one after another
 */
export function localApi(ports: LocalApiPorts): Server {
  const server = createServer((request, response) => {
    answer(request, ports).then(
      (result) => write(response, result),
      (error: unknown) => write(response, failed(500, String(error), 'Look into the log of this edge.')),
    );
  });
  server.requestTimeout = agentLimits.localRequestMsMax;
  return server;
}

async function answer(request: IncomingMessage, ports: LocalApiPorts): Promise<Answer> {
  const [path = ''] = (request.url ?? '').split('?', 1);
  if (request.method === 'GET' && path === '/local/status') return { status: 200, body: status(ports) };
  if (request.method !== 'POST') return notThere;
  const kind = /^\/local\/bundles\/([a-z]+)$/.exec(path)?.[1];
  if (kind !== undefined) return isBundleKind(kind) ? offer(request, kind, ports) : notThere;
  switch (path) {
    case '/local/kill':
      return setSwitch(request, true, ports);
    case '/local/unkill':
      return setSwitch(request, false, ports);
    case '/local/score':
      return explain(request, ports);
    case '/local/shadow':
      return setShadow(request, ports);
    case '/local/reload':
      return reload(ports);
    case '/local/replace-workers':
      ports.send({ type: 'replace-workers' });
      return { status: 202, body: { replacing: ports.agent.fleet.all().length } };
    default:
      return notThere;
  }
}

async function offer(request: IncomingMessage, kind: Parameters<Agent['offer']>[0], { agent }: LocalApiPorts) {
  const bytes = await readBody(request, bundleBytesMax(kind));
  if (bytes === undefined) {
    return failed(413, `A bundle of kind ${kind} has at most ${bundleBytesMax(kind)} bytes.`, 'Send less.');
  }
  const outcome = await agent.offer(kind, bytes, 'local');
  return { status: outcome.outcome === 'ack' ? 200 : outcome.outcome === 'nack' ? 422 : 409, body: outcome };
}

async function setSwitch(request: IncomingMessage, isKilled: boolean, { agent }: LocalApiPorts): Promise<Answer> {
  const bytes = await readBody(request, payloadBytesMax.switches);
  const name = nameOf(bytes);
  if (name === undefined || !isSwitch(name)) {
    return failed(422, `'${name ?? ''}' is not a switch.`, switchNamesHelp);
  }
  const findings = await agent.setLocalSwitch(name, isKilled);
  return { status: 200, body: { killed: agent.localKilled, findings } };
}

async function explain(request: IncomingMessage, ports: LocalApiPorts): Promise<Answer> {
  const bytes = await readBody(request, headLimits.headBytesMax);
  if (bytes === undefined) return failed(413, `A head has at most ${headLimits.headBytesMax} bytes.`, 'Send less.');
  const query = new URL(request.url ?? '', 'http://agent').searchParams;
  // Loaded when the first question comes: an agent that nobody asks has no use for the scoring code.
  const { explainHead } = await import('./explainHead.ts');
  const explained = explainHead(ports.running(), bytes, query);
  if (!explained.ok) return failed(422, explained.error, 'Send a raw request head, as `holdfast score` reads it.');
  return { status: 200, body: explained.value };
}

async function setShadow(request: IncomingMessage, { shadow }: LocalApiPorts): Promise<Answer> {
  const bytes = await readBody(request, payloadBytesMax.model);
  if (bytes === undefined) return failed(413, `A model has at most ${payloadBytesMax.model} bytes.`, 'Send less.');
  const set = await shadow.set(bytes.length === 0 ? null : bytes);
  if (set.ok) return { status: 200, body: { shadow: shadow.name } };
  return { status: 422, body: { error: 'The shadow model is refused.', findings: set.error } };
}

async function reload({ reload }: LocalApiPorts): Promise<Answer> {
  if (reload === undefined) return failed(409, 'The sites come from control.', 'Publish them there.');
  const outcome = await reload();
  if (!outcome.ok) return { status: 422, body: { error: 'The configuration has problems.', problems: outcome.error } };
  if (outcome.value === 'unchanged') return { status: 200, body: { outcome: 'unchanged' } };
  return { status: outcome.value.outcome === 'nack' ? 422 : 200, body: outcome.value };
}

function status({ edge, agent, isControlReachable, shadow }: LocalApiPorts): unknown {
  return {
    edge,
    pid: process.pid,
    versions: agent.running,
    shadow: shadow.name,
    localKilled: agent.localKilled,
    control: isControlReachable() === null ? 'none' : isControlReachable() === true ? 'reachable' : 'unreachable',
    workers: agent.fleet.all().map(({ slot, pid, versions, health }) => ({ slot, pid, versions, health })),
    missing: agent.missing,
    outcomes: agent.outcomes(),
  };
}

function nameOf(bytes: Uint8Array | undefined): string | undefined {
  try {
    const { name } = JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as { name?: unknown };
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** undefined when it is longer than `bytesMax`. */
async function readBody(request: IncomingMessage, bytesMax: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function write(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

function failed(status: number, error: string, help: string): Answer {
  return { status, body: { error, help } satisfies ApiError };
}

const notThere = failed(404, 'There is no such call.', 'See docs/operate for the local calls of an edge.');
