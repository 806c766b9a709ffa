import { readFileSync } from 'node:fs';
import type { ApiError } from '../../contract/controlApi.ts';
import { type DataFolder, dataFolder, type RunState } from '../../contract/dataFolder.ts';
import type { Finding } from '../../contract/finding.ts';
import { type ControlAnswer, type ControlBody, ControlClient, type ControlError } from '../../controlClient/index.ts';
import { systemClock } from '../../kernel/clock.ts';
import { printableLines } from '../../kernel/printable.ts';
import type { Result } from '../../kernel/result.ts';
import { localCall } from '../../localSocket/index.ts';
import { exitCodes, type Io } from '../terminal/io.ts';

/** An answer of control or of the agent, read whole. */
export type Answer = ControlAnswer;

/** The agent's may hold a model of 8 MiB; nothing larger is ever sent. */
const answerBytesMax = 16 << 20;
/** How long a person waits while nothing comes. The agent answers when the fate of a bundle is known, watch time included. */
const silentMsMax = { control: 20_000, agent: 120_000 };
/** A bundle of 16 MiB over a line of 250 kbit/s. */
const answerMsMax = 600_000;

export type Method = 'GET' | 'POST';
export type Body = ControlBody;

/** Talks to one of the two, or says why it cannot. */
export interface Client {
  ask(method: Method, path: string, body?: Body): Promise<Result<Answer, Pick<ControlError, 'code' | 'message'>>>;
  /** What to tell a person when nobody answers. */
  readonly help: string;
}

/** Finds control and its token below the data folder; `url` overrides what `holdfast up` wrote down. */
export function controlClient(data: string, url?: string): Client {
  const folder = dataFolder(data);
  const client = new ControlClient({
    url: () => url ?? runState(folder).controlUrl,
    token: () => readFileSync(folder.controlToken, 'utf8').trim(),
    msMax: answerMsMax,
    silentMsMax: silentMsMax.control,
    clock: systemClock,
  });
  return {
    help: `Is 'holdfast up' running with --data ${data}? Without control, 'holdfast kill NAME --local' works on the edge's own machine.`,
    ask: (method, path, body) => client.ask(method, path, body),
  };
}

/** The agent of the edge on this machine, over its unix socket. */
export function agentClient(folder: DataFolder): Client {
  return {
    help: `Is an edge running here with --data ${folder.root}? Its agent listens on ${folder.agentSocket}.`,
    ask: (method, path, body) => {
      const bounds = { bytesMax: answerBytesMax, msMax: answerMsMax, silentMsMax: silentMsMax.agent };
      return localCall(systemClock, folder.agentSocket, method, path, body, bounds);
    },
  };
}

/** Asks, and prints what came back unless it was good; then it is handed to `onDone`, whose text is printed. */
export async function askAndTell(
  client: Client,
  io: Io,
  method: Method,
  path: string,
  body: Body,
  onDone: (answer: Answer) => string,
): Promise<number> {
  const asked = await client.ask(method, path, body);
  if (!asked.ok) {
    const { code, message } = asked.error;
    const why = code === 'too-long' ? 'the answer is too large' : message;
    io.stderr.write(`holdfast: not reachable: ${why}\n${client.help}\n`);
    return exitCodes.unreachable;
  }
  const answer = asked.value;
  if (answer.status >= 200 && answer.status < 300) {
    io.stdout.write(onDone(answer));
    return exitCodes.done;
  }
  tellRefusal(answer, io);
  return answer.status === 503 ? exitCodes.unreachable : exitCodes.refused;
}

/** For verbs that send one thing to the agent and need no answer beyond yes or no. */
export function askAgent(folder: DataFolder, method: Method, path: string, body: Body, io: Io): Promise<number> {
  return askAndTell(agentClient(folder), io, method, path, body, () => 'done\n');
}

export function json<T>(answer: Answer): T {
  return JSON.parse(answer.bytes.toString('utf8')) as T;
}

/** One line per finding: the reason, figures, the sentence, then the names it concerns. */
export function findingLines(findings: readonly Finding[], indent = '  '): string {
  const lines = findings.map(({ reason, message, names, value, limit }) => {
    const figures = value === undefined ? '' : limit === undefined ? ` (${value})` : ` (${value}, limit ${limit})`;
    const list = names === undefined ? '' : `\n${indent}  ${names.join(' ')}`;
    return `${indent}${reason}${figures}: ${message}${list}\n`;
  });
  return printableLines(lines.join(''));
}

function tellRefusal(answer: Answer, io: Io): void {
  // The agent answers a refused bundle with its fate instead of an ApiError; both carry findings, a file its problems.
  let said: Partial<ApiError> & { readonly problems?: readonly unknown[] };
  try {
    said = json(answer);
  } catch {
    io.stderr.write(`holdfast: the answer was ${answer.status} and could not be read\n`);
    return;
  }
  io.stderr.write(printableLines(`refused: ${[said.error, said.help].filter(Boolean).join('. ') || answer.status}\n`));
  for (const problem of said.problems ?? []) io.stderr.write(printableLines(`  ${String(problem)}\n`));
  io.stderr.write(findingLines(said.findings ?? []));
}

function runState(folder: DataFolder): RunState {
  try {
    return JSON.parse(readFileSync(folder.runState, 'utf8')) as RunState;
  } catch {
    throw new Error(`${folder.runState} does not say where control is`);
  }
}
