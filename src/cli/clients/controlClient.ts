import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { ApiError } from '../../contract/controlApi.ts';
import { type DataFolder, dataFolder, type RunState } from '../../contract/dataFolder.ts';
import type { Finding } from '../../contract/finding.ts';
import { printableLines } from '../../kernel/printable.ts';
import { exitCodes, type Io } from '../terminal/io.ts';

/** An answer of control or of the agent, read whole. */
export interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
}

/** Either may hold a model of 8 MiB; nothing larger is ever sent. */
const answerBytesMax = 16 << 20;
/** The agent answers when the fate of a bundle is known, watch time included. */
const answerTimeoutMs = { control: 20_000, agent: 120_000 };

export type Method = 'GET' | 'POST';
export type Body = Uint8Array | Readonly<Record<string, unknown>> | undefined;

/** Talks to one of the two, or says why it cannot. */
export interface Client {
  ask(method: Method, path: string, body?: Body): Promise<Answer>;
  /** What to tell a person when nobody answers. */
  readonly help: string;
}

/** Finds control and its token below the data folder; `url` overrides what `holdfast up` wrote down. */
export function controlClient(data: string, url?: string): Client {
  const folder = dataFolder(data);
  return {
    help: `Is 'holdfast up' running with --data ${data}? Without control, 'holdfast kill NAME --local' works on the edge's own machine.`,
    ask(method, path, body) {
      const target = new URL(path, url ?? runState(folder).controlUrl);
      const token = readFileSync(folder.controlToken, 'utf8').trim();
      return ask(
        { hostname: bare(target.hostname), port: target.port || 80, path: `${target.pathname}${target.search}` },
        method,
        body,
        {
          authorization: `Bearer ${token}`,
        },
      );
    },
  };
}

/** The agent of the edge on this machine, over its unix socket. */
export function agentClient(folder: DataFolder): Client {
  return {
    help: `Is an edge running here with --data ${folder.root}? Its agent listens on ${folder.agentSocket}.`,
    ask: (method, path, body) => ask({ socketPath: folder.agentSocket, path }, method, body, {}),
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
  let answer: Answer;
  try {
    answer = await client.ask(method, path, body);
  } catch (error) {
    io.stderr.write(`holdfast: not reachable: ${(error as Error).message}\n${client.help}\n`);
    return exitCodes.unreachable;
  }
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

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function ask(
  to: Readonly<Record<string, string | number>>,
  method: Method,
  body: Body,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const bytes = body === undefined ? undefined : body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  const type = body instanceof Uint8Array ? 'application/octet-stream' : 'application/json';
  const entity = bytes && { 'content-type': type, 'content-length': String(bytes.length) };
  return new Promise((resolve, reject) => {
    const sent = request({ ...to, method, agent: false, headers: { ...headers, ...entity } }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > answerBytesMax) sent.destroy(new Error('the answer is too large'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    const timeoutMs = 'socketPath' in to ? answerTimeoutMs.agent : answerTimeoutMs.control;
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer within ${timeoutMs / 1_000} s`)));
    sent.on('error', reject);
    sent.end(bytes);
  });
}
