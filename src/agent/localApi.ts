import { bundleBytesMax, isSwitch, switchNamesHelp } from '../bundles/index.ts';
import { type BundleKind, isBundleKind, payloadBytesMax } from '../contract/bundleKind.ts';
import type { ApiError } from '../contract/controlApi.ts';
import type { Finding } from '../contract/finding.ts';
import type { FromAgent } from '../contract/processMessages.ts';
import { headLimits } from '../http/index.ts';
import type { TimerClock } from '../kernel/clock.ts';
import type { Result } from '../kernel/result.ts';
import type { LoadedSet } from '../lastgood/index.ts';
import { jsonAnswer, type LocalAnswer, type LocalHead, type LocalRoute, LocalServer } from '../localSocket/index.ts';
import type { Agent } from './agent.ts';
import { agentLimits } from './limits.ts';
import type { Outcome } from './outcome.ts';
import type { ShadowModel } from './shadowModel.ts';

export interface LocalApiPorts {
  readonly edge: string;
  readonly agent: Agent;
  readonly clock: TimerClock;
  /** Reads local sites again; undefined where control says what the sites are. */
  readonly reload: (() => Promise<Result<Outcome | 'unchanged', readonly string[]>>) | undefined;
  /** Whether control answers; null: none is configured. */
  readonly isControlReachable: () => boolean | null | undefined;
  send(message: FromAgent): void;
  readonly shadow: Pick<ShadowModel, 'name' | 'set'>;
  /** What is in force. */
  readonly running: () => Result<LoadedSet, readonly Finding[]>;
  onError(error: Error): void;
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
export function localApi(ports: LocalApiPorts): LocalServer {
  return new LocalServer({
    clock: ports.clock,
    connectionsMax: agentLimits.localConnectionsMax,
    requestMsMax: agentLimits.localRequestMsMax,
    route: (head) => routeOf(head, ports) ?? notThere,
    refused: (status, says) => failed(status, `${says}.`, 'Send HTTP/1.1, as the command line does.'),
    failed: (error) => failed(500, String(error), 'Look into the log of this edge.'),
    onError: ports.onError,
  });
}

function routeOf({ method, path, query }: LocalHead, ports: LocalApiPorts): LocalRoute | undefined {
  if (method === 'GET' && path === '/local/status') return bodiless(() => jsonAnswer(200, status(ports)));
  if (method !== 'POST') return undefined;
  const kind = /^\/local\/bundles\/([a-z]+)$/.exec(path)?.[1];
  if (kind !== undefined) return isBundleKind(kind) ? offer(kind, ports) : undefined;
  switch (path) {
    case '/local/kill':
      return setSwitch(true, ports);
    case '/local/unkill':
      return setSwitch(false, ports);
    case '/local/score':
      return explain(query, ports);
    case '/local/shadow':
      return setShadow(ports);
    case '/local/reload':
      return bodiless(() => reload(ports));
    case '/local/replace-workers':
      return bodiless(() => {
        ports.send({ type: 'replace-workers' });
        return jsonAnswer(202, { replacing: ports.agent.fleet.all().length });
      });
    default:
      return undefined;
  }
}

function bodiless(answer: () => LocalAnswer | Promise<LocalAnswer>): LocalRoute {
  return { bodyBytesMax: 0, answer };
}

function offer(kind: BundleKind, { agent }: LocalApiPorts): LocalRoute {
  const bodyBytesMax = bundleBytesMax(kind);
  return {
    bodyBytesMax,
    async answer(bytes) {
      if (bytes === undefined) {
        return failed(413, `A bundle of kind ${kind} has at most ${bodyBytesMax} bytes.`, 'Send less.');
      }
      const outcome = await agent.offer(kind, bytes, 'local');
      return jsonAnswer(outcome.outcome === 'ack' ? 200 : outcome.outcome === 'nack' ? 422 : 409, outcome);
    },
  };
}

function setSwitch(isKilled: boolean, { agent }: LocalApiPorts): LocalRoute {
  return {
    bodyBytesMax: payloadBytesMax.switches,
    async answer(bytes) {
      const name = nameOf(bytes);
      if (name === undefined || !isSwitch(name)) {
        return failed(422, `'${name ?? ''}' is not a switch.`, switchNamesHelp);
      }
      const findings = await agent.setLocalSwitch(name, isKilled);
      return jsonAnswer(200, { killed: agent.localKilled, findings });
    },
  };
}

function explain(query: URLSearchParams, ports: LocalApiPorts): LocalRoute {
  return {
    bodyBytesMax: headLimits.headBytesMax,
    async answer(bytes) {
      if (bytes === undefined) return failed(413, `A head has at most ${headLimits.headBytesMax} bytes.`, 'Send less.');
      // Loaded when the first question comes: an agent that nobody asks has no use for the scoring code.
      const { explainHead } = await import('./explainHead.ts');
      const explained = explainHead(ports.running(), bytes, query);
      if (!explained.ok) return failed(422, explained.error, 'Send a raw request head, as `holdfast score` reads it.');
      return jsonAnswer(200, explained.value);
    },
  };
}

function setShadow({ shadow }: LocalApiPorts): LocalRoute {
  return {
    bodyBytesMax: payloadBytesMax.model,
    async answer(bytes) {
      if (bytes === undefined) return failed(413, `A model has at most ${payloadBytesMax.model} bytes.`, 'Send less.');
      const set = await shadow.set(bytes.length === 0 ? null : bytes);
      if (set.ok) return jsonAnswer(200, { shadow: shadow.name });
      return jsonAnswer(422, { error: 'The shadow model is refused.', findings: set.error });
    },
  };
}

async function reload({ reload }: LocalApiPorts): Promise<LocalAnswer> {
  if (reload === undefined) return failed(409, 'The sites come from control.', 'Publish them there.');
  const outcome = await reload();
  if (!outcome.ok) return jsonAnswer(422, { error: 'The configuration has problems.', problems: outcome.error });
  if (outcome.value === 'unchanged') return jsonAnswer(200, { outcome: 'unchanged' });
  return jsonAnswer(outcome.value.outcome === 'nack' ? 422 : 200, outcome.value);
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

function failed(status: number, error: string, help: string): LocalAnswer {
  return jsonAnswer(status, { error, help } satisfies ApiError);
}

const notThere = failed(404, 'There is no such call.', 'See docs/operate for the local calls of an edge.');
